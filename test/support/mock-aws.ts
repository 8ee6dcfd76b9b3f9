/** What AWS would answer, to run the target `aws` against mocks. */
import { Config, runtime } from '@pulumi/pulumi';
import { expect } from 'chai';
import type { DeployedHosts } from '../../infra/catalog/rule.ts';
import type { Catalog } from '../../infra/catalog/schema.ts';
import { validateCatalog } from '../../infra/catalog/validate.ts';
import { hostKeyReport } from '../../infra/targets/aws/host-key.ts';
import { awsHosts } from '../../infra/targets/aws.ts';
import type { TargetHost } from '../../infra/targets/host.ts';
import { type RecordedResource, recordResources } from './pulumi-recorder.ts';

export interface MockRun {
  readonly hosts: readonly TargetHost[];
  readonly resources: ReadonlyMap<string, RecordedResource>;
}

export interface MockRequest {
  readonly catalog: Catalog;
  /** `smartstack:aws`. */
  readonly settings: object;
  readonly deployed?: DeployedHosts;
  /** What the program does with its hosts. */
  readonly use?: (hosts: readonly TargetHost[]) => void;
}

export const region = 'eu-central-1';
export const hostKeyOf = (name: string): string => `ssh-ed25519 AAAA${name}`;

/** Types that there are, what they are, and where. Machines of bare metal have no hypervisor. */
const types: Readonly<Record<string, MockType>> = {
  't4g.nano': { arch: 'arm64', hypervisor: 'nitro', nvme: 'required', zones: 'abcd' },
  't4g.small': { arch: 'arm64', hypervisor: 'nitro', nvme: 'required', zones: 'abcd' },
  'm7g.medium': { arch: 'arm64', hypervisor: 'nitro', nvme: 'required', zones: 'abcd' },
  'm7g.metal': { arch: 'arm64', hypervisor: '', nvme: 'required', zones: 'abcd' },
  'm7i.large': { arch: 'x86_64', hypervisor: 'nitro', nvme: 'required', zones: 'ab' },
  't2.small': { arch: 'x86_64', hypervisor: 'xen', nvme: 'unsupported', zones: 'abcd' },
};

interface MockType {
  readonly arch: string;
  readonly hypervisor: string;
  readonly nvme: string;
  readonly zones: string;
}

export function answerOf({ token, inputs }: runtime.MockCallArgs): Record<string, unknown> {
  switch (token) {
    case 'aws:index/getAvailabilityZones:getAvailabilityZones':
      return { names: ['c', 'a', 'b', 'd'].map((letter) => `${region}${letter}`) };
    case 'aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings': {
      const wanted: readonly string[] = inputs.filters[0].values;
      const offers = wanted.flatMap((type) =>
        [...(types[type]?.zones ?? '')].map((letter) => ({ type, zone: `${region}${letter}` })),
      );
      return {
        instanceTypes: offers.map(({ type }) => type),
        locations: offers.map(({ zone }) => zone),
      };
    }
    case 'aws:ec2/getInstanceType:getInstanceType': {
      const type = types[inputs.instanceType] ?? expect.fail(inputs.instanceType);
      const { arch, hypervisor, nvme } = type;
      return { supportedArchitectures: [arch], hypervisor, ebsNvmeSupport: nvme };
    }
    case 'aws:ec2/getAmi:getAmi': {
      const [name] = inputs.filters[0].values;
      expect(inputs).to.include({ mostRecent: true });
      expect(inputs.owners).to.deep.equal(['136693071363']);
      return { id: `ami-of-${name}` };
    }
    case 'aws:ec2/getVpc:getVpc':
      return { cidrBlockAssociations: [{ cidrBlock: '10.0.0.0/16', state: 'associated' }] };
    case 'aws:ec2/getInternetGateway:getInternetGateway':
      return { internetGatewayId: `igw-of-${inputs.filters[0].values[0]}` };
    default:
      return expect.fail(`nobody expected ${token}`);
  }
}

/** The target, run against mocks. */
export async function runAws(request: MockRequest): Promise<MockRun> {
  const { catalog, settings, deployed = {}, use = () => undefined } = request;
  runtime.setConfig('smartstack:aws', JSON.stringify(settings));
  runtime.setConfig('aws:region', region);
  const wanted = Object.entries(catalog.hosts).map(([name, host]) => ({ name, ...host }));
  let hosts: readonly TargetHost[] = [];
  const resources = await recordResources(
    async () => {
      hosts = await awsHosts({ catalog, wanted, config: new Config('smartstack'), deployed });
      use(hosts);
    },
    { call: answerOf, outputs: outputsOf },
  );
  return { hosts, resources };
}

function outputsOf({ type, name }: runtime.MockResourceArgs): object {
  if (type === 'aws:ec2/eip:Eip') {
    return { publicIp: '203.0.113.9', allocationId: `${name}-allocation` };
  }
  if (type.startsWith('aws:iam/')) return { name };
  if (type === 'aws:ec2/keyPair:KeyPair') return { keyName: name };
  if (type === 'command:local:Command') {
    return { stdout: hostKeyReport(hostKeyOf(name.split('/')[0] ?? '')) };
  }
  return {};
}

/** So many members, and hosts of services that run one service each. */
export function catalogOf(members: number, services: number): Catalog {
  const member = (_: unknown, index: number) =>
    [`zookeeper${index + 1}`, { id: index + 11, roles: ['zookeeper'] }] as const;
  const host = (_: unknown, index: number) =>
    [`web${index + 1}`, { id: index + 21, roles: ['service'] }] as const;
  const names = Array.from({ length: services }, (_, index) => `web${index + 1}`);
  const validated = validateCatalog(
    {
      environment: 'test',
      ensemble: { size: members },
      hosts: Object.fromEntries([
        ...Array.from({ length: members }, member),
        ...Array.from({ length: services }, host),
      ]),
      services: {
        web: { port: 8001, localPort: 3333, on: names },
        shop: { port: 8002, localPort: 3334, on: names.slice(0, 1) },
      },
    },
    { deployed: {}, fileExists: () => true },
  );
  return validated.ok ? validated.catalog : expect.fail(JSON.stringify(validated.problems));
}
