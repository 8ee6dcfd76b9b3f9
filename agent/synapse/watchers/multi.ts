/**
 * Several watchers as one. Original: `multi/multi.rb`.
 *
 *   watcher ─► found, filtered ─┐
 *   watcher ─► found, filtered ─┼─► resolver chooses ─► found: what the chosen have
 *   watcher ─► found, filtered ─┘
 *
 * A watcher that has not answered yet leaves what is known of it from before (law 2).
 */
import type { Discovery, MultiDiscovery } from '../../config/synapse-discovery.ts';
import type { Logger } from '../../lib/logger.ts';
import { type DepartedInstance, stillGone } from '../departures.ts';
import type { Instance } from '../instance.ts';
import type { Child, Resolver } from '../resolvers/resolver.ts';
import { passes } from '../select.ts';
import { noSettings } from '../settings/parse.ts';
import { Inherited } from './inherited.ts';
import type { OnSettings } from './settings-reader.ts';
import type { Found, Watcher, WatcherLink, WatcherStatus } from './watcher.ts';

export interface MultiOptions extends WatcherLink {
  readonly discovery: MultiDiscovery;
  readonly resolver: Resolver;
  readonly onSettings: OnSettings;
  readonly createChild: (
    name: string,
    discovery: Discovery,
    link: WatcherLink,
    onSettings: OnSettings,
  ) => Watcher;
  readonly logger: Logger;
}

interface Part {
  readonly name: string;
  readonly watcher: Watcher;
  found: Found | undefined;
  /** Its last list with instances in it. */
  previous: readonly Instance[];
  /** It has chosen another itself, and nobody was told yet. */
  switched: boolean;
  settings: Child['settings'];
}

export class MultiWatcher implements Watcher {
  readonly #options: MultiOptions;
  readonly #parts: readonly Part[];
  readonly #inherited: Inherited;
  #chosen: readonly string[] = [];
  /** Told with the next answer. */
  #departed: readonly DepartedInstance[] = [];
  /** The same once every watcher has answered: another one may have them. */
  #departedBefore: readonly DepartedInstance[] = [];
  /** Whose answer was told last; `undefined` before the first. */
  #told: string | undefined;
  #lastFound = '';
  #lastSettings = '';

  constructor(options: MultiOptions) {
    this.#options = options;
    this.#inherited = new Inherited(options.expected);
    this.#parts = Object.entries(options.discovery.watchers).map(([name, discovery]) =>
      this.#createPart(name, discovery),
    );
  }

  get status(): WatcherStatus {
    const statuses = this.#parts.map(({ watcher }) => watcher.status);
    const chosen = this.#parts.filter(({ name }) => this.#chosen.includes(name));
    return {
      method: 'multi',
      watching: chosen.some(({ watcher }) => watcher.status.watching),
      listings: statuses.reduce((sum, { listings }) => sum + listings, 0),
      reads: statuses.reduce((sum, { reads }) => sum + reads, 0),
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    const resolving = this.#options.resolver
      .run(() => this.#tell(), signal)
      .catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    await Promise.all([resolving, ...this.#parts.map(({ watcher }) => watcher.run(signal))]);
  }

  #createPart(name: string, discovery: Discovery): Part {
    const link: WatcherLink = {
      onFound: (found) => {
        this.#note(found.departed, part);
        const instances = found.instances.filter((one) => passes(discovery, one));
        part.found = { ...found, instances };
        part.switched ||= found.switched === true;
        if (found.instances.length > 0) part.previous = found.instances;
        this.#tell();
      },
      // Nobody knows which of those from before were its own.
      expected: () => (part.found === undefined ? this.#options.expected() : part.previous),
    };
    const onSettings: OnSettings = (settings) => {
      part.settings = settings;
      this.#tellSettings();
    };
    const watcher = this.#options.createChild(name, discovery, link, onSettings);
    const nothing = { found: undefined, previous: [], switched: false, settings: undefined };
    const part: Part = { name, watcher, ...nothing };
    // It has nothing to say, and has said so.
    if (discovery.method === 'base') part.found = { instances: [], rejected: [], departed: [] };
    return part;
  }

  #choose(): readonly Child[] {
    const children = this.#parts.map(({ name, watcher, found, settings }) => {
      return { name, found, settings, watching: watcher.status.watching };
    });
    const chosen = this.#options.resolver.choose(children);
    const names = chosen.map(({ name }) => name);
    if (names.join() !== this.#chosen.join()) {
      this.#options.logger.info('watchers-chosen', { watchers: names, before: this.#chosen });
      this.#chosen = names;
      this.#tellSettings();
    }
    return chosen;
  }

  #note(departed: readonly DepartedInstance[], { found }: Part): void {
    if (found === undefined) this.#departedBefore = [...this.#departedBefore, ...departed];
    else this.#departed = [...this.#departed, ...departed];
  }

  #tell(): void {
    const chosen = this.#choose();
    const answered = chosen.flatMap(({ found }) => (found === undefined ? [] : [found]));
    if (answered.length === 0) return;
    const instances = answered.flatMap((found) => found.instances);
    const departed = this.#takeDeparted();
    const gone = departed.map(({ instance }) => instance);
    const isComplete = answered.length === chosen.length;
    const more = this.#inherited.beside([...instances, ...gone], isComplete);
    const found = {
      instances: [...instances, ...more],
      rejected: answered.flatMap(({ rejected }) => rejected),
    };
    const switched = this.#hasSwitched();
    const text = JSON.stringify(found);
    if (text === this.#lastFound && departed.length === 0 && !switched) return;
    this.#lastFound = text;
    this.#options.onFound({ ...found, departed, ...(switched ? { switched } : {}) });
  }

  /** Since the answer that was told last. */
  #hasSwitched(): boolean {
    const before = this.#told;
    this.#told = this.#chosen.join();
    const chosen = this.#parts.filter(({ name }) => this.#chosen.includes(name));
    const isOther = before !== undefined && before !== this.#told;
    const hasSwitched = isOther || chosen.some(({ switched }) => switched);
    for (const part of chosen) part.switched = false;
    return hasSwitched;
  }

  /** Those that can be told now. */
  #takeDeparted(): readonly DepartedInstance[] {
    const departed = this.#departed;
    this.#departed = [];
    if (this.#parts.some(({ found }) => found === undefined)) return departed;
    const present = this.#parts.flatMap(({ found }) => found?.instances ?? []);
    const before = stillGone(this.#departedBefore, present);
    this.#departedBefore = [];
    return [...departed, ...before];
  }

  /** They cannot be merged: the first that are any count, as in the original. */
  #tellSettings(): void {
    const chosen = this.#parts.filter(({ name }) => this.#chosen.includes(name));
    const known = chosen.flatMap(({ settings }) => (settings === undefined ? [] : [settings]));
    if (known.length === 0) return;
    const settings = known.find((one) => Object.keys(one).length > 0) ?? noSettings;
    const text = JSON.stringify(settings);
    if (text === this.#lastSettings) return;
    this.#lastSettings = text;
    this.#options.onSettings(settings);
  }
}
