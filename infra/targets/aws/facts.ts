/** What AWS says about its region: asked for, never changed. */

import { getAmi } from '@pulumi/aws/ec2/getAmi.js';
import { getInstanceType } from '@pulumi/aws/ec2/getInstanceType.js';
import { getInstanceTypeOfferings } from '@pulumi/aws/ec2/getInstanceTypeOfferings.js';
import { getInternetGateway } from '@pulumi/aws/ec2/getInternetGateway.js';
import { getVpc } from '@pulumi/aws/ec2/getVpc.js';
import { getAvailabilityZones } from '@pulumi/aws/getAvailabilityZones.js';
import { RunError } from '@pulumi/pulumi';
import type { HostArch } from '../host.ts';

/** A type of machine, such as `t4g.small`. */
export interface TypeFacts {
  readonly arch: HostArch | undefined;
  /**
   * A virtual machine of the Nitro system: its volumes are found by their ids, and its console can be
   * read at any time, which takes the hypervisor; machines of bare metal have none.
   * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
   */
  readonly nitro: boolean;
  /** Where it can be had. */
  readonly zones: readonly string[];
}

/** In whatever state they are: a zone with a fault is a zone. */
export async function regionZones(region: string): Promise<readonly string[]> {
  const filters = [{ name: 'zone-type', values: ['availability-zone'] }];
  const { names } = await ask(`which zones ${region} has`, () => getAvailabilityZones({ filters }));
  return [...names].sort();
}

/** Facts of those types that the region has. */
export async function typeFacts(types: readonly string[]): Promise<ReadonlyMap<string, TypeFacts>> {
  const offers = await ask('where machines can be had', () =>
    getInstanceTypeOfferings({
      locationType: 'availability-zone',
      filters: [{ name: 'instance-type', values: [...types] }],
    }),
  );
  const offered = [...new Set(offers.instanceTypes)].sort();
  const facts = await Promise.all(
    offered.map(async (type): Promise<TypeFacts> => {
      const zones = offers.locations.filter((_, index) => offers.instanceTypes[index] === type);
      const answer = await ask(`what a ${type} is`, () => getInstanceType({ instanceType: type }));
      const arch = archOf(answer.supportedArchitectures);
      const nitro = answer.hypervisor === 'nitro' && answer.ebsNvmeSupport === 'required';
      return { arch, nitro, zones };
    }),
  );
  return new Map(offered.map((type, index) => [type, facts[index] ?? nothing]));
}

const nothing: TypeFacts = { arch: undefined, nitro: false, zones: [] };

function archOf(supported: readonly string[]): HostArch | undefined {
  if (supported.includes('arm64')) return 'arm64';
  return supported.includes('x86_64') ? 'x64' : undefined;
}

/** Debian's own account. https://wiki.debian.org/Cloud/AmazonEC2Image/Bookworm */
const debian = '136693071363';
const debianArch = { x64: 'amd64', arm64: 'arm64' } as const;
const awsArch = { x64: 'x86_64', arm64: 'arm64' } as const;

/** The newest image of Debian 12. */
export async function newestImage(arch: HostArch): Promise<string> {
  const filters = [
    { name: 'name', values: [`debian-12-${debianArch[arch]}-*`] },
    { name: 'architecture', values: [awsArch[arch]] },
    { name: 'root-device-type', values: ['ebs'] },
    { name: 'virtualization-type', values: ['hvm'] },
  ];
  const found = await ask(`which image of Debian 12 there is for ${arch}`, () =>
    getAmi({ owners: [debian], mostRecent: true, filters }),
  );
  return found.id;
}

/** Ranges of an existing VPC. */
export async function vpcRanges(id: string): Promise<readonly string[]> {
  const vpc = await ask(`what ${id} is`, () => getVpc({ id }));
  return vpc.cidrBlockAssociations.map(({ cidrBlock }) => cidrBlock);
}

/** An existing VPC has at most one. */
export async function internetGatewayOf(vpcId: string): Promise<string> {
  const filters = [{ name: 'attachment.vpc-id', values: [vpcId] }];
  const gateway = await ask(`which internet gateway ${vpcId} has`, () =>
    getInternetGateway({ filters }),
  );
  return gateway.internetGatewayId;
}

async function ask<T>(what: string, question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunError(`could not find out ${what}: ${reason}${hintFor(reason)}`);
  }
}

/** The first that fits; many an answer names credentials and regions that are not the matter. */
const hints: readonly (readonly [RegExp, string])[] = [
  [/expired/i, 'sign in again'],
  [/UnauthorizedOperation|AccessDenied/, 'docs/aws.md lists what your credentials must allow'],
  [/invalid AWS region|no such host/i, 'is aws:region right?'],
  [
    /credential|AuthFailure|InvalidClientTokenId|SignatureDoesNotMatch/i,
    'see who you are with `aws sts get-caller-identity`, and whether your account has the region enabled',
  ],
  [/region/i, 'is aws:region right?'],
];

function hintFor(reason: string): string {
  const hint = hints.find(([pattern]) => pattern.test(reason));
  return hint === undefined ? '' : `\n→ ${hint[1]}`;
}
