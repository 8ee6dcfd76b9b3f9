import { Counter, Gauge, Histogram, Registry } from 'prom-client';

interface Described {
  /** One sentence. */
  readonly help: string;
  readonly labels: readonly string[];
}

/** A family of metrics; its name is in snake_case and ends in its unit. */
export type Family =
  /** `…_total`: only grows. */
  | (Described & { readonly type: 'counter' })
  | (Described & { readonly type: 'gauge' })
  /** `…_seconds`; `buckets` are upper bounds, by default 5 ms to 10 s. */
  | (Described & { readonly type: 'histogram'; readonly buckets?: readonly number[] });

export type Families = Readonly<Record<string, Family>>;

export type NameOf<F extends Families, T extends Family['type']> = {
  [N in keyof F]: F[N] extends { readonly type: T } ? N : never;
}[keyof F] &
  string;

/** Each of the family's labels, and no other one. */
export type LabelsOf<F extends Families, N extends keyof F> = Readonly<
  Record<F[N]['labels'][number], string>
>;

export interface Sample<L> {
  readonly labels: L;
  readonly value: number;
}

/** Metrics that Prometheus comes for. The values of labels may be any text. */
export interface Prometheus<F extends Families> {
  increment<N extends NameOf<F, 'counter'>>(name: N, labels: LabelsOf<F, N>, by?: number): void;
  observe<N extends NameOf<F, 'histogram'>>(name: N, labels: LabelsOf<F, N>, seconds: number): void;
  /** Replaces all samples of a gauge: what is not among them is gone. */
  set<N extends NameOf<F, 'gauge'>>(name: N, samples: readonly Sample<LabelsOf<F, N>>[]): void;
  /** Ends the series of what is gone, so that names that come and go do not pile up. */
  forget(label: string, value: string): Promise<void>;
  /** Prometheus' text format 0.0.4. */
  text(): Promise<string>;
}

export const prometheusContentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** Throws on a name that breaks the conventions: a mistake of ours. */
export function createPrometheus<const F extends Families>(families: F): Prometheus<F> {
  const registry = new Registry();
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  for (const [name, family] of Object.entries(families)) {
    requireGoodName(name, family);
    const common = { name, help: family.help, labelNames: family.labels, registers: [registry] };
    switch (family.type) {
      case 'counter':
        counters.set(name, new Counter(common));
        break;
      case 'gauge':
        gauges.set(name, new Gauge(common));
        break;
      case 'histogram': {
        const buckets = family.buckets === undefined ? {} : { buckets: [...family.buckets] };
        histograms.set(name, new Histogram({ ...common, ...buckets }));
      }
    }
  }
  return {
    increment: (name, labels, by = 1) => counters.get(name)?.inc({ ...labels }, by),
    observe: (name, labels, seconds) => histograms.get(name)?.observe({ ...labels }, seconds),
    set: (name, samples) => {
      const gauge = gauges.get(name);
      gauge?.reset();
      for (const { labels, value } of samples) gauge?.set({ ...labels }, value);
    },
    forget: async (label, value) => {
      const all = [...counters.values(), ...gauges.values(), ...histograms.values()];
      await Promise.all(all.map((metric) => forgetIn(metric, label, value)));
    },
    text: () => registry.metrics(),
  };
}

async function forgetIn(
  metric: Counter | Gauge | Histogram,
  label: string,
  value: string,
): Promise<void> {
  const { values } = await metric.get();
  for (const { labels } of values) {
    // A histogram's samples carry a label of its own, which is none of the series'.
    const { le: _, ...own } = { le: undefined, ...labels };
    if (Reflect.get(own, label) === value) metric.remove(own);
  }
}

/** https://prometheus.io/docs/practices/naming/ */
function requireGoodName(name: string, { type }: Family): void {
  const wanted = {
    counter: /^[a-z][a-z0-9_]*_total$/,
    gauge: /^[a-z][a-z0-9_]*(?<!_total)$/,
    histogram: /^[a-z][a-z0-9_]*_seconds$/,
  }[type];
  if (!wanted.test(name)) throw new Error(`${name} is no good name for a ${type}`);
}
