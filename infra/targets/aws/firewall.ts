import { SecurityGroup } from '@pulumi/aws/ec2/securityGroup.js';
import { SecurityGroupEgressRule } from '@pulumi/aws/vpc/securityGroupEgressRule.js';
import { SecurityGroupIngressRule } from '@pulumi/aws/vpc/securityGroupIngressRule.js';
import * as pulumi from '@pulumi/pulumi';
import { type FirewallRule, isGroup, ruleName } from './firewall-plan.ts';
import { type Group, groups } from './flows.ts';
import type { TagsOf } from './tags.ts';

export interface FirewallArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly rules: readonly FirewallRule[];
  readonly tagsOf: TagsOf;
}

/**
 * A security group for each kind of machine that a rule is about. Rules are resources of their own:
 * a service that comes or goes touches its own rule alone.
 */
export class Firewall extends pulumi.ComponentResource {
  /** Ids of the security groups. */
  readonly groupIds: ReadonlyMap<Group, pulumi.Output<string>>;

  constructor(name: string, args: FirewallArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('smartstack:aws:Firewall', name, {}, options);
    const { rules, vpcId, tagsOf } = args;
    this.groupIds = new Map(
      groups
        .filter((group) => rules.some((rule) => rule.group === group))
        .map((group) => {
          const description = descriptions[group];
          const made = new SecurityGroup(
            `smartstack-${group}`,
            { vpcId, description, tags: tagsOf(group) },
            { parent: this },
          );
          return [group, made.id] as const;
        }),
    );
    for (const rule of rules) this.#rule(rule, tagsOf);
    this.registerOutputs({});
  }

  /** Hosts with several roles are in several groups. */
  idsOf(own: readonly Group[]): pulumi.Output<string>[] {
    return own.map((group) => this.#idOf(group));
  }

  #idOf(group: Group): pulumi.Output<string> {
    const id = this.groupIds.get(group);
    if (id === undefined) throw new Error(`no rule is about the group ${group}`);
    return id;
  }

  #rule(rule: FirewallRule, tagsOf: TagsOf): void {
    const name = ruleName(rule);
    const args = {
      securityGroupId: this.#idOf(rule.group),
      description: rule.why,
      ipProtocol: rule.protocol,
      fromPort: rule.first,
      toPort: rule.last,
      ...(isGroup(rule.peer)
        ? { referencedSecurityGroupId: this.#idOf(rule.peer) }
        : { cidrIpv4: rule.peer }),
      tags: tagsOf(name),
    };
    if (rule.direction === 'in') new SecurityGroupIngressRule(name, args, { parent: this });
    else new SecurityGroupEgressRule(name, args, { parent: this });
  }
}

/** A change of one would replace its group. */
const descriptions: Readonly<Record<Group, string>> = {
  zookeeper: 'Members of the ZooKeeper ensemble',
  service: 'Hosts of services',
  bastion: 'The way in over ssh',
};
