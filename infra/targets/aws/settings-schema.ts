/** What the stack's configuration of the target `aws` may say: `smartstack:aws`. */
import { z } from 'zod';
import { port } from '../../catalog/fields.ts';
import { groups } from './flows.ts';
import { parseRange } from './ipv4.ts';
import { maxPrefix, maxZones } from './network-plan.ts';
import type { PortRange } from './port-ranges.ts';

const cidr = z
  .string()
  .refine((text) => parseRange(text) !== undefined, 'must be a range such as "203.0.113.0/24"');

const networkRange = cidr.refine((text) => {
  const { prefix } = parseRange(text) ?? { prefix: maxPrefix };
  return prefix >= 16 && prefix <= maxPrefix;
}, `must be a /16 to /${maxPrefix}`);

const zone = z.string().regex(/^[a-z]+(?:-[a-z]+)+-\d[a-z]$/, 'must be such as "eu-central-1a"');
const vpcId = z.string().regex(/^vpc-[0-9a-f]+$/, 'must be "vpc-…"');
const routeTableId = z.string().regex(/^rtb-[0-9a-f]+$/, 'must be "rtb-…"');
const volumeId = z.string().regex(/^vol-[0-9a-f]+$/, 'must be "vol-…"');
const imageId = z.string().regex(/^ami-[0-9a-f]+$/, 'must be "ami-…"');
const instanceType = z
  .string()
  .regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, 'must be such as "t4g.small"');

const rootGb = z.int('must be a whole number').min(8, 'must be at least 8').max(16_384);

const machine = (type: string, gb: number) =>
  z.strictObject({ type: instanceType.default(type), rootGb: rootGb.default(gb) }).prefault({});

const portRange = z
  .union([
    port,
    z.string().regex(/^\d{1,5}-\d{1,5}$/, 'must be a port, or ports such as "8000-8010"'),
  ])
  .transform((ports): PortRange => {
    const [first = 0, last = first] = String(ports).split('-').map(Number);
    return { first, last };
  })
  .refine(
    ({ first, last }) => first >= 1 && first <= last && last <= 65_535,
    'must be ports from 1 to 65535, the lower one first',
  );

const peer = z.union([z.enum(groups), cidr]);

const allowed = z
  .strictObject({
    /** Hosts by their role, the bastion, or a range of addresses. */
    source: peer,
    destination: peer,
    protocol: z.enum(['tcp', 'udp']).default('tcp'),
    ports: portRange,
    /** Goes along as the rule's description. */
    why: z
      .string()
      .regex(/^[\w .:/()#,@[\]+=&;{}!$*-]{1,200}$/, 'must be plain ASCII text of one line')
      .default('allowed by the configuration'),
  })
  .refine(({ source, destination }) => !(isCidr(source) && isCidr(destination)), {
    path: ['destination'],
    message: `must be one of ${groups.join(', ')} where the source is none`,
  });

export const settingsSchema = z.strictObject({
  /** Where hosts stand. The order is that of the subnets: add at the end. */
  zones: z.array(zone).min(1, 'needs at least one zone').max(maxZones),
  ssh: z.strictObject({
    /** From where people, and this program, log in. */
    from: z.array(cidr).min(1, 'needs at least one range'),
    /** `false`: hosts are reached at their private addresses, through a VPN or the like. */
    bastion: z.boolean().default(true),
    /** A file on this machine; `~/` is your home. */
    privateKey: z.string().min(1).default('~/.ssh/id_ed25519'),
    /** Whom the image lets in. */
    user: z.string().min(1).default('admin'),
  }),
  network: z
    .strictObject({
      /** Of the VPC; within an existing one, a part of it that nothing uses. */
      cidr: networkRange.default('10.93.0.0/20'),
      /** An existing one. */
      vpcId: vpcId.optional(),
      /** By which hosts reach the internet, for packages: NAT gateways of our own. */
      nat: z.enum(['one', 'each-zone']).optional(),
      /** In an existing VPC, instead: a route table that leads there. */
      routeTableId: routeTableId.optional(),
    })
    .prefault({}),
  machines: z
    .strictObject({
      zookeeper: machine('t4g.small', 10),
      service: machine('t4g.small', 10),
      bastion: machine('t4g.nano', 8),
      /** Those that differ, by the names of the catalog. */
      hosts: z
        .record(
          z.string(),
          z.strictObject({ type: instanceType.optional(), rootGb: rootGb.optional() }),
        )
        .default({}),
      /** Those that are made anew when their image is no longer the newest; one member at a time. */
      renew: z.array(z.string()).default([]),
    })
    .prefault({}),
  /** The volume of each member of the ensemble. */
  data: z
    .strictObject({
      sizeGb: z.int('must be a whole number').min(1).max(16_384).default(10),
      /** `refuse` to take it down, `keep` the volume in the account, or `delete` it. */
      whenDown: z.enum(['refuse', 'keep', 'delete']).default('refuse'),
      /** Volumes of an environment that was taken down, by the names of the catalog. */
      volumes: z.record(z.string(), volumeId).default({}),
    })
    .prefault({}),
  /** Encrypts all volumes; AWS's own key for EBS by default. */
  kmsKeyArn: z
    .string()
    .regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/, 'must be "arn:aws:kms:…:key/…"')
    .optional(),
  /** Instead of Debian's own. A host keeps the image that it was made from. */
  images: z.strictObject({ x64: imageId.optional(), arm64: imageId.optional() }).default({}),
  /** What shall pass beyond what the catalog needs. */
  allow: z.array(allowed).default([]),
  /** Your quota of rules in a security group. */
  rulesPerGroup: z.int('must be a whole number').min(60).max(1_000).default(60),
  /** On everything. */
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
});

function isCidr(text: string): boolean {
  return parseRange(text) !== undefined;
}
