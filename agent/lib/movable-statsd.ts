import { createStatsd, type Statsd, type StatsdOptions } from './statsd.ts';

/** Where statsd is, and what of a configuration goes along. */
export type StatsdPlace = Pick<StatsdOptions, 'host' | 'port' | 'sampleRates'>;

export interface MovableStatsd extends Statsd {
  /** Whether anybody listens: what is dear to find out need not be found out otherwise. */
  readonly isOn: boolean;
  /** From now on there, or nowhere. */
  follow(place: StatsdPlace | undefined): void;
}

/** Metrics for whatever statsd server the configuration names at present, if any. */
export function createMovableStatsd(
  options: Omit<StatsdOptions, keyof StatsdPlace>,
): MovableStatsd {
  let now = 'nowhere';
  let statsd: Statsd | undefined;
  const close = async (): Promise<void> => {
    await statsd?.close();
    statsd = undefined;
  };
  return {
    get isOn() {
      return statsd !== undefined;
    },
    increment: (...args) => statsd?.increment(...args),
    gauge: (...args) => statsd?.gauge(...args),
    observe: (...args) => statsd?.observe(...args),
    close,
    follow: (place) => {
      const wanted = describe(place);
      if (wanted === now) return;
      now = wanted;
      // What is left there is sent while the next is in use already.
      statsd?.close().catch(() => undefined);
      statsd = place && createStatsd({ ...options, ...place });
    },
  };
}

function describe(place: StatsdPlace | undefined): string {
  if (place === undefined) return 'nowhere';
  const { host, port, sampleRates = new Map<string, number>() } = place;
  return JSON.stringify([host, port, [...sampleRates]]);
}
