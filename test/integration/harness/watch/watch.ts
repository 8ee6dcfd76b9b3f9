/** What all hosts see of registry and proxies, from the start of a run to its end. */
import { setTimeout as delay } from 'node:timers/promises';
import { shellQuote } from '../../../../infra/components/shell.ts';
import { paths } from '../../../../infra/render/paths.ts';
import type { Inventory } from '../inventory.ts';
import { bundledProgram } from './bundle.ts';
import {
  type ProxySighting,
  parseSighting,
  type RegistrySighting,
  type Sighting,
} from './sighting.ts';

const againMs = 300;
/** Before anything is kept, what happens to one host is known of long ago. */
const program = '/var/tmp/smartstack-watch.mjs';

interface HostView {
  readonly proxies: ProxySighting[];
  readonly registry: Map<string, RegistrySighting[]>;
  registryReached: boolean;
  heardAtMs: number;
}

export class Watch {
  readonly #inventory: Inventory;
  readonly #views = new Map<string, HostView>();
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;

  private constructor(inventory: Inventory, source: string) {
    this.#inventory = inventory;
    this.#running = Promise.all(
      inventory.serviceHosts.map((host) => {
        const view = { proxies: [], registry: new Map(), registryReached: false, heardAtMs: 0 };
        this.#views.set(host, view);
        return this.#follow(host, view, source);
      }),
    );
  }

  static async start(inventory: Inventory): Promise<Watch> {
    return new Watch(inventory, await bundledProgram());
  }

  /** Oldest first; `at` by the clock of this machine. */
  proxies(host: string): readonly ProxySighting[] {
    return this.#view(host).proxies;
  }

  /** As one host sees a path. */
  registry(host: string, path: string): readonly RegistrySighting[] {
    return this.#view(host).registry.get(path) ?? [];
  }

  /** Whether what it says of the registry is up to date. */
  reachesRegistry(host: string): boolean {
    return this.#view(host).registryReached && this.hears(host);
  }

  /** Whether the host told anything lately. */
  hears(host: string): boolean {
    return Date.now() - this.#view(host).heardAtMs < 5_000;
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the drills are over'));
    await this.#running;
  }

  #view(host: string): HostView {
    const view = this.#views.get(host);
    if (view === undefined) throw new Error(`nobody watches on "${host}"`);
    return view;
  }

  /** Again and again: hosts go down and come back in drills. */
  async #follow(host: string, view: HostView, source: string): Promise<void> {
    const { hosts, outputs, clockAheadMs } = this.#inventory;
    const folders = Object.values(outputs.services).map(({ zkPath }) => zkPath);
    const config = `${paths.config}/synapse.conf.json`;
    const args = [paths.haproxySocket, outputs.ensemble, config, ...folders];
    const command = `${paths.release}/bin/node ${program} ${args.map(shellQuote).join(' ')}`;
    const take = (line: string): void => {
      const seen = parseSighting(line);
      this.#take(view, { ...seen, at: seen.at - (clockAheadMs[host] ?? 0) });
    };
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await hosts
        .run(host, `cat > ${program} <<'END OF PROGRAM'\n${source}\nEND OF PROGRAM`)
        .then(() => hosts.follow(host, command, take, signal))
        .catch(() => {}); // the host is down, or the network broken: that is what drills do
      view.registryReached = false;
      await delay(againMs, undefined, { signal }).catch(() => {});
    }
  }

  #take(view: HostView, seen: Sighting): void {
    view.heardAtMs = Date.now();
    if (seen.what === 'proxy') view.proxies.push(seen);
    if (seen.what === 'registry-found') view.registryReached = true;
    if (seen.what === 'registry-lost') view.registryReached = false;
    if (seen.what !== 'registry') return;
    const list = view.registry.get(seen.path) ?? [];
    list.push(seen);
    view.registry.set(seen.path, list);
  }
}
