import type { Resource } from '@pulumi/pulumi';
import type { Service } from './catalog/schema.ts';
import type { ServiceHost } from './components/service-host.ts';
import type { DeployedServices } from './last-deployed.ts';

/**
 * Whose turn comes before, where something is started anew on one host after the other: the instance
 * of a service waits for the one before, so that never all of them are away. What is new has nothing
 * to lose, and keeps nobody waiting.
 */
export class DeployTurns {
  readonly #deployed: DeployedServices;
  readonly #before = new Map<string, readonly Resource[]>();

  constructor(deployed: DeployedServices) {
    this.#deployed = deployed;
  }

  /** By the service's name: what its instance on a host waits for. */
  before(host: string): ReadonlyMap<string, readonly Resource[]> {
    return new Map([...this.#before].filter(([service]) => this.#isDeployed(service, host)));
  }

  /** The host has had its turn, with these services on it. */
  passed({ host, services, told }: ServiceHost, wanted: Readonly<Record<string, Service>>): void {
    for (const [name, service] of services) {
      if (!this.#isDeployed(name, host.name)) continue;
      // At another port it is registered again only once nerve has been told.
      const moves = this.#deployed[name]?.port !== wanted[name]?.port;
      this.#before.set(name, moves ? [service, told] : [service]);
    }
  }

  #isDeployed(service: string, host: string): boolean {
    return this.#deployed[service]?.on.includes(host) ?? false;
  }
}
