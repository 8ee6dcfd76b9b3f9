/** Everything about an environment in AWS that is decided before anything of it is made. */
import type { Problem } from '../../../agent/config/parse.ts';
import { reachedAt } from '../../catalog/queries.ts';
import type { HostArch } from '../host.ts';
import type { TargetRequest } from '../target.ts';
import { internetGatewayOf, newestImage, regionZones, typeFacts, vpcRanges } from './facts.ts';
import { type FirewallRule, planFirewall, quotaProblems } from './firewall-plan.ts';
import { planFlows } from './flows.ts';
import { type HostPlan, type MachinePlan, planHosts, typesIn } from './host-plan.ts';
import { contains, parseRange } from './ipv4.ts';
import type { ExistingVpc, NewVpc } from './network.ts';
import { type NetworkPlan, planNetwork } from './network-plan.ts';
import { fatalZone, kindOf } from './placement.ts';
import type { LoginKey } from './private-key.ts';
import { refuse, settingsAndKey } from './request.ts';
import type { AwsSettings } from './settings.ts';

export interface Decision {
  readonly settings: AwsSettings;
  readonly key: LoginKey;
  readonly network: NetworkPlan;
  readonly vpc: NewVpc | ExistingVpc;
  readonly rules: readonly FirewallRule[];
  readonly hosts: readonly HostPlan[];
  readonly bastion: MachinePlan | undefined;
  readonly images: ReadonlyMap<HostArch, string>;
  /** What is allowed but unwise. */
  readonly warnings: readonly string[];
}

/**
 * @throws InvalidEnvironmentError with all that is wrong: first with what can be known without
 * AWS, then with the rest.
 */
export async function decide(request: TargetRequest): Promise<Decision> {
  const { wanted, deployed } = request;
  const { settings, key } = settingsAndKey(request);
  const network = networkOf(settings);
  const rules = rulesOf(request, settings);
  const existing = await regionZones(settings.region);
  const zoneFaults = zoneProblems(settings, existing);
  const types = await typeFacts(typesIn(settings));
  const { hosts, bastion, problems } = planHosts({ settings, network, wanted, deployed, types });
  refuse([
    // A host in a zone that is none is no second mistake.
    ...(zoneFaults.length > 0 ? zoneFaults : problems),
    ...quotaProblems(rules, settings.rulesPerGroup),
    ...(await rangeProblems(settings)),
  ]);
  return {
    ...{ settings, key, network, rules, hosts, bastion },
    vpc: await vpcOf(settings, network),
    images: await imagesOf(settings, bastion === undefined ? hosts : [...hosts, bastion]),
    warnings: warningsOf(hosts, settings, existing),
  };
}

function networkOf({ zones, network, ssh }: AwsSettings): NetworkPlan {
  const range = parseRange(network.cidr);
  if (range === undefined) throw new Error(`the schema let ${network.cidr} pass`);
  const nat = network.nat ?? (network.routeTableId === undefined ? 'one' : 'none');
  return planNetwork({ range, zones, nat, bastion: ssh.bastion });
}

function rulesOf({ catalog }: TargetRequest, { ssh, allow }: AwsSettings): Decision['rules'] {
  const flows = planFlows({
    servicePorts: Object.values(catalog.services).map(reachedAt),
    ensembleTls: catalog.ensemble.tls === true,
    statsd: catalog.statsd,
    sshFrom: ssh.from,
    bastion: ssh.bastion,
    allowed: allow.map(({ ports, ...flow }) => ({ ...flow, ...ports })),
  });
  return planFirewall(flows);
}

function zoneProblems(
  { zones, region }: AwsSettings,
  existing: readonly string[],
): readonly Problem[] {
  return zones.flatMap((zone, index) => {
    if (existing.includes(zone)) return [];
    const message = `"${zone}" is no zone of ${region}; there are ${existing.join(', ')}`;
    return [{ path: `smartstack:aws.zones[${index}]`, message }];
  });
}

/** AWS refuses subnets outside of their VPC, but only once half of it is made. */
async function rangeProblems({ network }: AwsSettings): Promise<readonly Problem[]> {
  const { cidr, vpcId } = network;
  const inner = parseRange(cidr);
  if (vpcId === undefined || inner === undefined) return [];
  const ranges = await vpcRanges(vpcId);
  const fits = ranges.map(parseRange).some((outer) => outer && contains(outer, inner));
  if (fits) return [];
  const message = `${cidr} is not within ${vpcId}, which has ${ranges.join(', ')}`;
  return [{ path: 'smartstack:aws.network.cidr', message }];
}

async function vpcOf({ network }: AwsSettings, plan: NetworkPlan): Promise<Decision['vpc']> {
  const { vpcId, cidr, routeTableId } = network;
  if (vpcId === undefined) return { kind: 'new', cidr };
  const internetGatewayId =
    plan.publicSubnets.length === 0 ? undefined : await internetGatewayOf(vpcId);
  return { kind: 'existing', id: vpcId, internetGatewayId, routeTableId };
}

async function imagesOf(
  { images }: AwsSettings,
  machines: readonly MachinePlan[],
): Promise<Decision['images']> {
  const wanted = [...new Set(machines.map(({ arch }) => arch))];
  return new Map(
    await Promise.all(
      wanted.map(async (arch) => [arch, images[arch] ?? (await newestImage(arch))] as const),
    ),
  );
}

function warningsOf(
  hosts: readonly HostPlan[],
  { zones, region }: AwsSettings,
  existing: readonly string[],
): readonly string[] {
  const where = '(smartstack:aws.zones, and `zone` of the hosts in the catalog)';
  const fatal = fatalZone(hosts, new Map(hosts.map((host) => [host.name, host.zone])));
  if (fatal !== undefined) {
    const lost = `without ${fatal} the ensemble has no quorum`;
    return [`${lost}: spread its members over more zones ${where}`];
  }
  const members = hosts.filter((host) => kindOf(host) === 'zookeeper');
  const used = new Set(members.map(({ zone }) => zone)).size;
  if (used === members.length || existing.length <= Math.max(used, zones.length)) return [];
  return [
    `${members.length} members stand in ${used} zones, of which one takes several along, and ${region} ` +
      `has ${existing.length}: give each its own, as far as they go ${where}`,
  ];
}
