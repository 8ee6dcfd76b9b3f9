import type { Resource } from '@pulumi/pulumi';
import type { DeployedHosts } from '../../catalog/rule.ts';
import type { Connection } from '../host.ts';
import type { HostPlan } from './host-plan.ts';
import { kindOf } from './placement.ts';

/** A machine that is made or changed, as far as others wait for it. */
export interface MadeMachine {
  readonly host: { readonly connection: Connection };
  readonly settled: readonly Resource[];
}

/**
 * Whose machine is touched after whose, where that may stop it (law 9): members one after the other;
 * then those hosts of services that change, each once the one before serves again. What is new has
 * nothing to lose, and keeps nobody waiting.
 */
export class MachineTurns {
  readonly #deployed: DeployedHosts;
  readonly #renew: readonly string[];
  #members: readonly Resource[] = [];
  #services: readonly Resource[] = [];
  #witness: Connection | undefined;

  constructor(deployed: DeployedHosts, renew: readonly string[]) {
    this.#deployed = deployed;
    this.#renew = renew;
  }

  /** A machine that is made anew serves only once all is installed on it: it comes last of its kind. */
  order(plans: readonly HostPlan[]): readonly HostPlan[] {
    const rank = (plan: HostPlan): number =>
      (kindOf(plan) === 'zookeeper' ? 0 : 2) + (this.#renew.includes(plan.name) ? 1 : 0);
    return [...plans].sort((one, other) => rank(one) - rank(other));
  }

  /** What this machine waits for. */
  before(plan: HostPlan): readonly Resource[] {
    if (kindOf(plan) === 'zookeeper') return this.#members;
    return this.#changes(plan) ? this.#services : [];
  }

  /**
   * On which other member to ask whether this one may stop: one that had its turn, or, before the first
   * turn, one as it was last deployed, for whoever logs in with the keys of `login`.
   */
  witness({ name }: HostPlan, login: Omit<Connection, 'host' | 'hostKey'>): Connection | undefined {
    if (!this.#wasMember(name)) return undefined;
    if (this.#witness !== undefined) return this.#witness;
    const [other] = Object.entries(this.#deployed).filter(
      ([one, { hostKey }]) => one !== name && this.#wasMember(one) && hostKey !== undefined,
    );
    const { address, hostKey } = other?.[1] ?? {};
    if (address === undefined || hostKey === undefined) return undefined;
    return { ...login, host: address, hostKey };
  }

  /** The machine has had its turn. */
  passed(plan: HostPlan, { host, settled }: MadeMachine): void {
    const isMember = kindOf(plan) === 'zookeeper';
    if (isMember) this.#members = settled;
    if (isMember && this.#wasMember(plan.name)) this.#witness = host.connection;
    if (plan.roles.includes('service') && this.#changes(plan)) this.#services = settled;
  }

  #wasMember(name: string): boolean {
    return this.#deployed[name]?.roles.includes('zookeeper') ?? false;
  }

  /** Also where nobody told what machine it was. */
  #changes({ name, type }: HostPlan): boolean {
    const last = this.#deployed[name];
    return last !== undefined && (last.type !== type || this.#renew.includes(name));
  }
}
