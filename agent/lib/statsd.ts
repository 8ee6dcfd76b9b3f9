import { createDatagramSender, type DatagramSenderOptions } from './datagram-sender.ts';

export type Labels = Readonly<Record<string, string>>;

/** Metrics for a statsd server. Nothing here throws or waits: metrics matter less than work. */
export interface Statsd {
  increment(name: string, labels?: Labels, by?: number): void;
  gauge(name: string, value: number, labels?: Labels): void;
  observe(name: string, ms: number, labels?: Labels): void;
  /** Sends what is left, if that can be done now. */
  close(): Promise<void>;
}

export interface StatsdOptions extends DatagramSenderOptions {
  /** Goes before each name, with a dot between. */
  readonly prefix?: string;
  /** By name: which share is sent, from 0 to 1; the server is told so. Default: all. */
  readonly sampleRates?: ReadonlyMap<string, number>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * In Datadog's dialect, as the originals send: `nerve.watcher.start:1|c|#service_name:web`.
 * https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
 */
export function createStatsd(options: StatsdOptions): Statsd {
  const { prefix, sampleRates = new Map<string, number>(), random } = options;
  const sender = createDatagramSender(options);
  const send = (name: string, value: number, type: string, labels: Labels = {}): void => {
    const rate = sampleRates.get(name) ?? 1;
    if (!Number.isFinite(value) || (rate < 1 && random() >= rate)) return;
    const full = prefix === undefined ? name : `${prefix}.${name}`;
    sender.add(`${clean(full)}:${value}|${type}${rate < 1 ? `|@${rate}` : ''}${tagsOf(labels)}`);
  };
  return {
    increment: (name, labels, by = 1) => send(name, by, 'c', labels),
    gauge: (name, value, labels) => send(name, value, 'g', labels),
    observe: (name, ms, labels) => send(name, ms, 'ms', labels),
    close: () => sender.close(),
  };
}

function tagsOf(labels: Labels): string {
  const tags = Object.entries(labels).map(([key, value]) => `${clean(key)}:${clean(value)}`);
  return tags.length === 0 ? '' : `|#${tags.join(',')}`;
}

/** Datadog's limit for a name and for a tag's two parts. */
const longestPart = 200;

/** The dialect has no escapes: what separates its parts cannot stand in them. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through.
  return text.slice(0, longestPart).replaceAll(/[:|#,@\s\u0000-\u001f\u007f]/g, '_');
}
