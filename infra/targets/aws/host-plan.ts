/** What machine each host is: its type, place and address. Decided here, made in `machine.ts`. */
import type { Problem } from '../../../agent/config/parse.ts';
import type { DeployedHosts } from '../../catalog/rule.ts';
import type { HostArch, NamedHost } from '../host.ts';
import { architectureProblems } from './architecture.ts';
import type { TypeFacts } from './facts.ts';
import { addressIn, type NetworkPlan, subnetOf } from './network-plan.ts';
import { kindOf, placeHosts } from './placement.ts';
import { type AwsSettings, bastionName } from './settings.ts';

export interface HostPlan extends NamedHost, MachinePlan {
  readonly zone: string;
  readonly address: string;
}

/** A machine to be, of a host or of the bastion. */
export interface MachinePlan {
  readonly type: string;
  readonly arch: HostArch;
  readonly rootGb: number;
}

export interface HostPlanRequest {
  readonly settings: AwsSettings;
  readonly network: NetworkPlan;
  readonly wanted: readonly NamedHost[];
  readonly deployed: DeployedHosts;
  readonly types: ReadonlyMap<string, TypeFacts>;
}

export interface HostPlans {
  readonly hosts: readonly HostPlan[];
  readonly bastion: MachinePlan | undefined;
  readonly problems: readonly Problem[];
}

/** Hosts that a problem is about are left out. */
export function planHosts(request: HostPlanRequest): HostPlans {
  const { settings, network, wanted, deployed } = request;
  const placement = placeHosts(wanted, settings.zones, deployed);
  const problems: Problem[] = [...placement.problems];
  const { renew } = settings.machines;
  const choose = (choice: Choice, zone: string): MachinePlan | undefined => {
    const chosen = machineOf(choice, zone, request);
    if ('path' in chosen) {
      if (!problems.some(({ path }) => path === chosen.path)) problems.push(chosen);
      return undefined;
    }
    const { name, before } = choice;
    const path = typePath(choice);
    problems.push(...architectureProblems({ name, path, ...chosen, before, renew }));
    return chosen;
  };
  const hosts = wanted.flatMap((host) => {
    const zone = placement.zones.get(host.name);
    const machine = zone === undefined ? undefined : choose(choiceOf(host, request), zone);
    if (zone === undefined || machine === undefined) return [];
    const address = addressIn(subnetOf(network, zone), host.id);
    return [{ ...host, ...machine, zone, address }];
  });
  problems.push(...hosts.flatMap((host) => addressProblems(host, deployed)));
  const bastion =
    network.bastionZone === undefined
      ? undefined
      : choose(bastionChoice(request), network.bastionZone);
  return { hosts, bastion, problems };
}

/** All types that the configuration names. */
export function typesIn({ machines, ssh }: AwsSettings): readonly string[] {
  const { zookeeper, service, bastion, hosts } = machines;
  const others = Object.values(hosts).flatMap(({ type }) => (type === undefined ? [] : [type]));
  const bastions = ssh.bastion ? [bastion.type] : [];
  return [...new Set([zookeeper.type, service.type, ...bastions, ...others])].sort();
}

interface Choice {
  /** Of the host, or of the bastion. */
  readonly name: string;
  readonly type: string;
  readonly rootGb: number;
  /** The architecture of the machine that is there. */
  readonly before: string | undefined;
  /** Where the configuration says it, below `machines`. */
  readonly path: string;
}

function choiceOf(host: NamedHost, { settings, deployed }: HostPlanRequest): Choice {
  const { machines } = settings;
  const kind = kindOf(host);
  const own = machines.hosts[host.name];
  return {
    name: host.name,
    before: deployed[host.name]?.arch,
    type: own?.type ?? machines[kind].type,
    rootGb: own?.rootGb ?? machines[kind].rootGb,
    path: own?.type === undefined ? kind : `hosts.${host.name}`,
  };
}

function bastionChoice({ settings, deployed }: HostPlanRequest): Choice {
  const before = Object.values(deployed).find((host) => host.bastionArch)?.bastionArch;
  return { name: bastionName, ...settings.machines.bastion, path: 'bastion', before };
}

function typePath({ path }: Choice): string {
  return `smartstack:aws.machines.${path}.type`;
}

function machineOf(
  choice: Choice,
  zone: string,
  { types, settings }: HostPlanRequest,
): MachinePlan | Problem {
  const { type, rootGb } = choice;
  const path = typePath(choice);
  const facts = types.get(type);
  if (facts === undefined) {
    return {
      path,
      message: `"${type}" is no type of machine in ${settings.region}; try t4g.small`,
    };
  }
  if (facts.arch === undefined || !facts.nitro) {
    const what = 'no virtual machine of the Nitro system, x86-64 or arm64';
    return { path, message: `${type} is ${what}; take another one, as t4g.small` };
  }
  if (!facts.zones.includes(zone)) {
    const message = `${type} cannot be had in ${zone}; it can in ${facts.zones.join(', ')}`;
    return { path, message };
  }
  return { type, rootGb, arch: facts.arch };
}

/** The ensemble's own configuration holds the addresses of its members. */
function addressProblems(
  { name, roles, address }: HostPlan,
  deployed: DeployedHosts,
): readonly Problem[] {
  const before = deployed[name]?.address;
  if (before === undefined || before === address || !roles.includes('zookeeper')) return [];
  const message =
    `has the address ${before} and would get ${address}, but members keep theirs; ` +
    'put smartstack:aws.network.cidr and the order of smartstack:aws.zones back';
  return [{ path: `hosts.${name}`, message }];
}
