import type { NerveConfig } from '../../config/nerve.ts';
import type { DynamicRequest } from '../../config/nerve-dynamic.ts';
import type { Parts } from '../parts.ts';
import type { Service } from '../service.ts';
import type { DynamicRegistration } from './dynamic.ts';
import type { Spell } from './overrides.ts';

export interface ControlOptions {
  /** `undefined` until nerve has started. */
  readonly parts: () => Parts | undefined;
  readonly config: () => NerveConfig;
  /** Brings what runs in line; resolves to the services that were refused, with the reasons. */
  readonly apply: () => Promise<ReadonlyMap<string, string>>;
}

export type RegisterResult =
  | { readonly kind: 'registered' }
  /** The configuration lets nobody register himself. */
  | { readonly kind: 'off' }
  /** A configured service has that name. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly reason: string };

/** What may be asked of nerve while it runs. */
export class Control {
  readonly #options: ControlOptions;

  constructor(options: ControlOptions) {
    this.#options = options;
  }

  service(name: string): Service | undefined {
    return this.#options.parts()?.services.get(name);
  }

  drainHost(spell: Spell | undefined): void {
    const parts = this.#options.parts();
    if (parts === undefined) return;
    parts.memory.hostDrained = spell;
    for (const service of parts.services) service.drainHost(spell);
  }

  get dynamic(): ReadonlyMap<string, DynamicRegistration> {
    return this.#options.parts()?.dynamic.all ?? new Map();
  }

  async register(name: string, request: DynamicRequest): Promise<RegisterResult> {
    const { parts, config, apply } = this.#options;
    const { dynamic_registration: template, services } = config();
    const dynamic = parts()?.dynamic;
    if (template === undefined || dynamic === undefined) return { kind: 'off' };
    if (Object.hasOwn(services, name)) return { kind: 'taken' };
    const before = dynamic.all.get(name);
    dynamic.put(name, request);
    const reason = (await apply()).get(name);
    if (reason === undefined) return { kind: 'registered' };
    dynamic.restoreOne(name, before);
    await apply();
    return { kind: 'refused', reason };
  }

  /** `false` where there is none of this name. */
  async deregister(name: string): Promise<boolean> {
    const removed = this.#options.parts()?.dynamic.remove(name) ?? false;
    if (removed) await this.#options.apply();
    return removed;
  }

  renew(name: string): boolean {
    const parts = this.#options.parts();
    const renewed = parts?.dynamic.renew(name) ?? false;
    if (renewed) parts?.memory.request();
    return renewed;
  }
}
