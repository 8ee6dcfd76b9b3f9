/** What synapse asks of EC2. A module of its own: its client is large, and loaded when used. */
import { DescribeInstancesCommand, EC2Client, type Instance } from '@aws-sdk/client-ec2';
import type { Ec2Discovery } from '../../config/synapse-sources.ts';

/** Resolves to the running instances with the tag. */
export type DescribeTagged = (abortSignal: AbortSignal) => Promise<readonly Ec2Instance[]>;
export type Ec2Instance = Pick<Instance, 'InstanceId' | 'PrivateIpAddress' | 'PrivateDnsName'>;

/** Of up to a thousand instances each. */
const maxPages = 20;
/** Where nothing says another, as in the original's client. */
const defaultRegion = 'us-east-1';

export function createEc2Client(discovery: Ec2Discovery): DescribeTagged {
  const { aws_region, aws_endpoint_url: endpoint } = discovery;
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = discovery;
  const hasKeys = accessKeyId !== undefined && secretAccessKey !== undefined;
  const client = new EC2Client({
    region: aws_region ?? process.env.AWS_REGION ?? defaultRegion,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(hasKeys ? { credentials: { accessKeyId, secretAccessKey } } : {}),
  });
  return (abortSignal) => describeTagged(client, discovery, abortSignal);
}

async function describeTagged(
  client: EC2Client,
  { tag_name, tag_value }: Ec2Discovery,
  abortSignal: AbortSignal,
): Promise<readonly Ec2Instance[]> {
  const Filters = [
    { Name: `tag:${tag_name}`, Values: [tag_value] },
    { Name: 'instance-state-name', Values: ['running'] },
  ];
  const found: Ec2Instance[] = [];
  let token: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const next = token === undefined ? {} : { NextToken: token };
    const command = new DescribeInstancesCommand({ Filters, ...next });
    const { Reservations = [], NextToken } = await client.send(command, { abortSignal });
    found.push(...Reservations.flatMap(({ Instances }) => Instances ?? []));
    token = NextToken;
    if (!token) return found;
  }
  throw new Error(`more than ${maxPages} pages of instances`);
}
