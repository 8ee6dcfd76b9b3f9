/**
 * The target `aws`: machines of EC2, made by Pulumi's own provider.
 *
 *     configuration ─┐
 *     catalog ───────┼─► decision ─► network, firewall ─► bastion ─► machines ─► hosts
 *     what AWS says ─┘
 */
import { KeyPair } from '@pulumi/aws/ec2/keyPair.js';
import * as pulumi from '@pulumi/pulumi';
import { Bastion } from './aws/bastion.ts';
import { type Decision, decide } from './aws/decide.ts';
import { DiscoveryProfile } from './aws/discovery-profile.ts';
import { Firewall } from './aws/firewall.ts';
import type { Group } from './aws/flows.ts';
import { HostMachine } from './aws/host-machine.ts';
import type { HostPlan, MachinePlan } from './aws/host-plan.ts';
import { InternetAccess } from './aws/internet-access.ts';
import type { MachineArgs } from './aws/machine.ts';
import { MachineTurns } from './aws/machine-turns.ts';
import { Network } from './aws/network.ts';
import { bastionName } from './aws/settings.ts';
import { type TagsOf, tagsFor } from './aws/tags.ts';
import type { Login, TargetHost } from './host.ts';
import type { TargetRequest } from './target.ts';

/** What machines stand on. */
interface Ground {
  readonly decision: Decision;
  readonly network: Network;
  readonly access: InternetAccess;
  readonly firewall: Firewall;
  readonly keyName: pulumi.Output<string>;
  readonly discovery: DiscoveryProfile;
  readonly tagsOf: TagsOf;
  readonly login: Omit<Login, 'hostKey'>;
}

/** @throws InvalidEnvironmentError where the configuration is wrong. */
export async function awsHosts(request: TargetRequest): Promise<readonly TargetHost[]> {
  const decision = await decide(request);
  for (const warning of decision.warnings) await pulumi.log.warn(warning);
  const ground = groundOf(decision, request.catalog.environment);
  const bastion = bastionOf(ground);
  const turns = new MachineTurns(request.deployed, decision.settings.machines.renew);
  const made = new Map<string, TargetHost>();
  for (const plan of turns.order(decision.hosts)) {
    const machine = hostMachine(plan, ground, bastion, turns);
    turns.passed(plan, machine);
    made.set(plan.name, machine.host);
  }
  return decision.hosts.flatMap(({ name }) => made.get(name) ?? []);
}

function groundOf(decision: Decision, environment: string): Ground {
  const { settings, network: plan, vpc, rules, key } = decision;
  const tagsOf = tagsFor(environment, settings.tags);
  const network = new Network(environment, { plan, vpc, tagsOf });
  const { natZones } = plan;
  const access = new InternetAccess(environment, { network, vpc, natZones, tagsOf });
  const firewall = new Firewall(environment, { vpcId: network.vpcId, rules, tagsOf });
  const discovery = new DiscoveryProfile(environment, { region: settings.region, tagsOf });
  const { keyName } = new KeyPair('smartstack-login', {
    publicKey: key.publicKey,
    tags: tagsOf('login'),
  });
  const login = {
    port: 22,
    user: settings.ssh.user,
    privateKey: pulumi.secret(key.privateKey),
    dialErrorLimit: 20,
    perDialTimeout: 10,
  };
  return { decision, network, access, firewall, keyName, discovery, tagsOf, login };
}

function bastionOf(ground: Ground): Bastion | undefined {
  const { decision, network, login } = ground;
  const { bastion, network: plan } = decision;
  if (bastion === undefined || plan.bastionZone === undefined) return undefined;
  const name = bastionName;
  const subnetId = network.publicSubnets.get(plan.bastionZone)?.id;
  const machine = machineArgs({ name, plan: bastion, groups: ['bastion'], subnetId }, ground);
  return new Bastion(name, { machine, login });
}

function hostMachine(
  plan: HostPlan,
  ground: Ground,
  bastion: Bastion | undefined,
  turns: MachineTurns,
): HostMachine {
  const { decision, network, login, discovery, tagsOf } = ground;
  const { settings, key } = decision;
  const { sizeGb, whenDown, volumes } = settings.data;
  const subnetId = network.privateSubnets.get(plan.zone)?.id;
  const { name, address, roles: groups } = plan;
  const machine = machineArgs({ name, plan, groups, subnetId, address }, ground);
  const isMember = groups.includes('zookeeper');
  const proxy = bastion?.proxy;
  const way = proxy === undefined ? login : { ...login, proxy };
  return new HostMachine({
    plan,
    login,
    privateKeyPath: key.path,
    proxy,
    bastionArch: bastion && decision.bastion?.arch,
    machine: {
      ...machine,
      instanceProfile: groups.includes('service') ? discovery.name : undefined,
      after: [
        ...machine.after,
        ...(bastion === undefined ? [] : [bastion.open]),
        ...turns.before(plan),
      ],
    },
    mayStop: isMember ? { publicKey: key.publicKey, witness: turns.witness(plan, way) } : undefined,
    data: isMember
      ? { sizeGb, whenDown, tagsOf, kmsKeyArn: settings.kmsKeyArn, volumeId: volumes[name] }
      : undefined,
  });
}

interface Place {
  readonly name: string;
  readonly plan: MachinePlan;
  readonly groups: readonly Group[];
  readonly subnetId: pulumi.Output<string> | undefined;
  readonly address?: string;
}

function machineArgs(place: Place, ground: Ground): MachineArgs {
  const { name, plan, groups, subnetId, address } = place;
  const { decision, network, access, firewall, keyName, tagsOf } = ground;
  const { settings, images } = decision;
  const imageId = images.get(plan.arch);
  if (subnetId === undefined || imageId === undefined) throw new Error('the plan has a hole');
  return {
    ...{ plan, subnetId, imageId, keyName, tagsOf, address },
    securityGroupIds: firewall.idsOf(groups),
    instanceProfile: undefined,
    kmsKeyArn: settings.kmsKeyArn,
    region: settings.region,
    renew: settings.machines.renew.includes(name),
    profile: new pulumi.Config('aws').get('profile'),
    after: [network, access, firewall],
  };
}
