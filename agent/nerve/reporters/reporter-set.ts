import type { DepartureReason } from '../../departure.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Registration } from '../../registration.ts';
import type { ServiceDefinition } from '../definition.ts';
import { type Place, placeKey, samePlace } from './place.ts';
import type { Reporter, ReporterStatus } from './reporter.ts';

export type StartReporter = (place: Place, registration: Registration, logger: Logger) => Reporter;

export interface ReporterSetOptions {
  readonly definition: Pick<ServiceDefinition, 'registration' | 'places'>;
  readonly startReporter: StartReporter;
  readonly logger: Logger;
}

export interface ReportStatus extends ReporterStatus {
  readonly place: Place;
}

interface Entry {
  readonly place: Place;
  readonly reporter: Reporter;
}

/** How long a registration is tried to be taken out of a place that is no longer configured. */
const departureMs = 3_000;

/** The reporters of one service, one for each place; each is told the same. */
export class ReporterSet {
  readonly #options: ReporterSetOptions;
  readonly #entries = new Map<string, Entry>();
  #registration: Registration;
  #last: ((reporter: Reporter) => void) | undefined;

  constructor(options: ReporterSetOptions) {
    this.#options = options;
    this.#registration = options.definition.registration;
    for (const place of options.definition.places) this.#start(place);
  }

  get status(): readonly ReportStatus[] {
    return [...this.#entries.values()].map(({ place, reporter }) => ({
      place,
      ...reporter.status,
    }));
  }

  up(registration: Registration): void {
    this.#registration = registration;
    this.#tell((reporter) => reporter.up(registration));
  }

  down(reason: DepartureReason): void {
    this.#tell((reporter) => reporter.down(reason));
  }

  /** Other places: those that stay are not touched, others come before the old ones go. */
  async update({ places }: Pick<ServiceDefinition, 'places'>): Promise<void> {
    const wanted = new Map(places.map((place) => [placeKey(place), place]));
    for (const place of wanted.values()) await this.#bring(place);
    const gone = [...this.#entries].filter(([key]) => !wanted.has(key));
    for (const [key] of gone) this.#entries.delete(key);
    await Promise.all(gone.map(([, { reporter }]) => reporter.stop('removed', departureMs)));
  }

  async settled(signal: AbortSignal): Promise<void> {
    await this.#all((reporter) => reporter.settled(signal));
  }

  async stop(reason: DepartureReason, deadlineMs: number): Promise<void> {
    await this.#all((reporter) => reporter.stop(reason, deadlineMs));
  }

  async leave(): Promise<void> {
    await this.#all((reporter) => reporter.leave());
  }

  async #bring(place: Place): Promise<void> {
    const [key, entry] = this.#at(place) ?? [];
    if (JSON.stringify(entry?.place) === JSON.stringify(place)) return;
    // The new one finds what the old one left, and replaces it in one step.
    await entry?.reporter.leave();
    if (key !== undefined) this.#entries.delete(key);
    this.#start(place);
  }

  #at(place: Place): readonly [string, Entry] | undefined {
    const exact = this.#entries.get(placeKey(place));
    if (exact) return [placeKey(place), exact];
    return [...this.#entries].find(([, entry]) => samePlace(entry.place, place));
  }

  #start(place: Place): void {
    const { startReporter, logger } = this.#options;
    const reporter = startReporter(place, this.#registration, logger);
    this.#entries.set(placeKey(place), { place, reporter });
    this.#last?.(reporter);
  }

  #tell(what: (reporter: Reporter) => void): void {
    this.#last = what;
    for (const { reporter } of this.#entries.values()) what(reporter);
  }

  async #all(what: (reporter: Reporter) => Promise<void>): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ reporter }) => what(reporter)));
  }
}
