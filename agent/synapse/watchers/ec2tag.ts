/**
 * Running EC2 instances with a tag, under their private addresses. Original: `ec2tag/ec2tag.rb`.
 * The client is loaded when it is first used.
 */
import type { EC2Client, Instance as Ec2Instance } from '@aws-sdk/client-ec2';
import type { Ec2Discovery } from '../../config/synapse-sources.ts';
import type { Clock } from '../../lib/clock.ts';
import { withDeadline } from '../../lib/deadline.ts';
import { linkAbort } from '../../lib/linked-abort.ts';
import { type Candidate, sortOut } from './candidates.ts';
import { type Answer, askOutside, type Source } from './source.ts';

export interface Ec2Options {
  readonly discovery: Ec2Discovery;
  readonly fallbackPort: number | undefined;
  readonly clock: Clock;
}

const deadlineMs = 20_000;
/** Of up to a thousand instances each. */
const maxPages = 20;
/** Where nothing says another, as in the original's client. */
const defaultRegion = 'us-east-1';

export function createEc2Source({ discovery, fallbackPort, clock }: Ec2Options): Source {
  let client: Promise<EC2Client> | undefined;
  const ask = async (signal: AbortSignal): Promise<Answer> => {
    const asking = linkAbort(signal);
    try {
      client ??= createClient(discovery);
      const api = await client;
      const instances = await askOutside('the EC2 API', signal, () => {
        const work = describeInstances(api, discovery, asking.signal);
        return withDeadline(work, { ms: deadlineMs, clock, signal });
      });
      return sortOut(instances.map(toCandidate), fallbackPort);
    } finally {
      asking.abort();
    }
  };
  return { method: 'ec2tag', intervalMs: discovery.check_interval * 1_000, ask };
}

async function createClient(discovery: Ec2Discovery): Promise<EC2Client> {
  const { EC2Client: Client } = await import('@aws-sdk/client-ec2');
  const { aws_region, aws_endpoint_url: endpoint } = discovery;
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = discovery;
  return new Client({
    region: aws_region ?? process.env.AWS_REGION ?? defaultRegion,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId, secretAccessKey } }),
  });
}

async function describeInstances(
  client: EC2Client,
  { tag_name, tag_value }: Ec2Discovery,
  abortSignal: AbortSignal,
): Promise<readonly Ec2Instance[]> {
  const { DescribeInstancesCommand } = await import('@aws-sdk/client-ec2');
  const found: Ec2Instance[] = [];
  let token: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const command = new DescribeInstancesCommand({
      Filters: [
        { Name: `tag:${tag_name}`, Values: [tag_value] },
        { Name: 'instance-state-name', Values: ['running'] },
      ],
      ...(token === undefined ? {} : { NextToken: token }),
    });
    const { Reservations: reservations = [], NextToken } = await client.send(command, {
      abortSignal,
    });
    found.push(...reservations.flatMap(({ Instances }) => Instances ?? []));
    token = NextToken;
    if (!token) return found;
  }
  throw new Error(`more than ${maxPages} pages of instances`);
}

function toCandidate({ InstanceId, PrivateIpAddress, PrivateDnsName }: Ec2Instance): Candidate {
  return {
    node: InstanceId ?? 'an instance',
    fields: { host: PrivateIpAddress, name: PrivateDnsName || undefined },
  };
}
