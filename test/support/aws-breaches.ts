/** What must not be in AWS, whatever is asked for: each breach in one line. */
import { z } from 'zod';
import type { RecordedResource } from './pulumi-recorder.ts';

export interface AskedFor {
  /** Ranges that may log in at the bastion, or at hosts where there is none. */
  readonly sshFrom: readonly string[];
}

type Resources = ReadonlyMap<string, RecordedResource>;
type Rule = (resource: RecordedResource, asked: AskedFor) => readonly string[];

export function breaches(resources: Resources, asked: AskedFor): readonly string[] {
  const found = [...resources.values()]
    .filter(({ type }) => type.startsWith('aws:'))
    .flatMap((resource) =>
      rules.flatMap((rule) => rule(resource, asked)).map((text) => `${resource.name}: ${text}`),
    );
  return [...found, ...sharedAddresses(resources), ...waysIn(resources)];
}

const types: ReadonlySet<string> = new Set([
  ...['aws:ebs/volume:Volume', 'aws:ec2/volumeAttachment:VolumeAttachment'],
  ...['aws:ec2/instance:Instance', 'aws:ec2/networkInterface:NetworkInterface'],
  ...['aws:ec2/eip:Eip', 'aws:ec2/natGateway:NatGateway', 'aws:ec2/keyPair:KeyPair'],
  ...['aws:ec2/vpc:Vpc', 'aws:ec2/subnet:Subnet', 'aws:ec2/internetGateway:InternetGateway'],
  ...['aws:ec2/routeTable:RouteTable', 'aws:ec2/route:Route'],
  'aws:ec2/routeTableAssociation:RouteTableAssociation',
  ...['aws:ec2/securityGroup:SecurityGroup', 'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup'],
  'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule',
  'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule',
  ...['aws:iam/role:Role', 'aws:iam/rolePolicy:RolePolicy'],
  'aws:iam/instanceProfile:InstanceProfile',
]);

const ruleSchema = z.object({
  ipProtocol: z.enum(['tcp', 'udp']),
  fromPort: z.number().min(1),
  toPort: z.number().max(65_535),
  cidrIpv4: z.string().optional(),
  referencedSecurityGroupId: z.string().optional(),
});

const instanceSchema = z.object({
  metadataOptions: z.object({
    httpEndpoint: z.literal('enabled'),
    httpTokens: z.literal('required'),
    httpPutResponseHopLimit: z.literal(1),
  }),
  rootBlockDevice: z.object({ encrypted: z.literal(true) }),
  primaryNetworkInterface: z.object({ networkInterfaceId: z.string() }),
  // Anybody on the machine could read what is in there.
  userData: z.undefined().optional(),
  userDataBase64: z.undefined().optional(),
  associatePublicIpAddress: z.undefined().optional(),
  ebsBlockDevices: z.undefined().optional(),
  iamInstanceProfile: z.string().optional(),
});

const policySchema = z.object({
  Statement: z.array(
    z.strictObject({
      Effect: z.literal('Allow'),
      Action: z.literal('ec2:DescribeInstances'),
      Resource: z.literal('*'),
      Condition: z.object({ StringEquals: z.object({ 'ec2:Region': z.string() }) }),
    }),
  ),
});

const rules: readonly Rule[] = [
  ({ type }) => (types.has(type) ? [] : [`nobody asked for a ${type}`]),
  ({ inputs }) => (JSON.stringify(inputs).includes('PRIVATE KEY') ? ['a private key'] : []),
  shape('aws:ec2/instance:Instance', instanceSchema),
  shape('aws:ebs/volume:Volume', z.object({ encrypted: z.literal(true) })),
  shape('aws:ec2/subnet:Subnet', z.object({ mapPublicIpOnLaunch: z.literal(false) })),
  shape(
    'aws:ec2/securityGroup:SecurityGroup',
    z.object({ ingress: z.undefined().optional(), egress: z.undefined().optional() }),
  ),
  shape(
    'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup',
    z.object({ ingress: z.undefined().optional(), egress: z.undefined().optional() }),
  ),
  shape('aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule', ruleSchema),
  shape('aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule', ruleSchema),
  shape('aws:iam/role:Role', z.object({ managedPolicyArns: z.undefined().optional() })),
  fromOutside,
  toOutside,
  publicAddress,
  permissions,
];

function shape(type: string, schema: z.ZodType): Rule {
  return (resource) => {
    if (resource.type !== type) return [];
    const parsed = schema.safeParse(resource.inputs);
    return parsed.success ? [] : [z.prettifyError(parsed.error)];
  };
}

function fromOutside({ type, inputs }: RecordedResource, { sshFrom }: AskedFor): readonly string[] {
  if (!type.endsWith(':SecurityGroupIngressRule') || inputs.cidrIpv4 === undefined) return [];
  const ssh = inputs.fromPort === 22 && inputs.toPort === 22 && inputs.ipProtocol === 'tcp';
  return ssh && sshFrom.includes(String(inputs.cidrIpv4)) ? [] : ['open to the outside'];
}

function toOutside({ type, inputs }: RecordedResource): readonly string[] {
  if (!type.endsWith(':SecurityGroupEgressRule') || inputs.cidrIpv4 === undefined) return [];
  const packages = inputs.fromPort === inputs.toPort && [80, 443].includes(Number(inputs.toPort));
  return packages ? [] : ['open to the outside'];
}

/** Only NAT gateways and the bastion have one. */
function publicAddress({ type, name, inputs }: RecordedResource): readonly string[] {
  if (type !== 'aws:ec2/eip:Eip' || name.startsWith('nat/')) return [];
  return inputs.networkInterface === 'bastion/interface-id' ? [] : ['a public address'];
}

function permissions({ type, inputs }: RecordedResource): readonly string[] {
  if (type !== 'aws:iam/rolePolicy:RolePolicy') return [];
  const parsed = policySchema.safeParse(JSON.parse(String(inputs.policy)));
  return parsed.success ? [] : [`allows ${String(inputs.policy)}`];
}

function sharedAddresses(resources: Resources): readonly string[] {
  const addresses = [...resources.values()].flatMap(({ inputs }) => inputs.privateIps ?? []);
  return addresses.filter((address, index) => addresses.indexOf(address) !== index).map(String);
}

/** Private subnets whose routes lead to an internet gateway, through which one could come in. */
function waysIn(resources: Resources): readonly string[] {
  const all = [...resources.values()];
  const open = all
    .filter(({ type, inputs }) => type === 'aws:ec2/route:Route' && 'gatewayId' in inputs)
    .map(({ inputs }) => inputs.routeTableId);
  return all
    .filter(({ type }) => type === 'aws:ec2/routeTableAssociation:RouteTableAssociation')
    .filter(({ inputs }) => open.includes(inputs.routeTableId))
    .filter(({ inputs }) => !String(inputs.subnetId).startsWith('public/'))
    .map(({ name }) => `${name}: a private subnet on the internet`);
}
