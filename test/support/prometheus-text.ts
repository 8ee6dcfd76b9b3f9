/** Prometheus' text format 0.0.4, as strictly as a server reads it. */
export interface PrometheusText {
  readonly families: ReadonlyMap<string, { readonly type: string; readonly help: string }>;
  /** Of exactly this name, in order. */
  samples(name: string): readonly PrometheusSample[];
}

export interface PrometheusSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const helpLine = new RegExp(`^# HELP (${name}) (.*)$`);
const typeLine = new RegExp(`^# TYPE (${name}) (counter|gauge|histogram|summary|untyped)$`);
const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\]|\\\\[\\\\n"])*"';
const sampleLine = new RegExp(
  `^(${name})(?:\\{(${label}(?:,${label})*)?\\})? ([+-]?(?:Inf|\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)|NaN)$`,
);

/** Throws on a line that is none, on a sample of no family, and on one that comes twice. */
export function parsePrometheus(text: string): PrometheusText {
  const families = new Map<string, { type: string; help: string }>();
  const samples = new Map<string, PrometheusSample[]>();
  const seen = new Set<string>();
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, helped, help = ''] = helpLine.exec(line) ?? [];
    const [, typed, type = ''] = typeLine.exec(line) ?? [];
    if (helped !== undefined) families.set(helped, { type: 'untyped', help: unescaped(help) });
    else if (typed !== undefined) {
      families.set(typed, { type, help: families.get(typed)?.help ?? '' });
    } else {
      const [sampleName, sample] = parseSample(line);
      const family = sampleName.replace(/_(bucket|sum|count)$/, '');
      if (!families.has(sampleName) && families.get(family)?.type !== 'histogram') {
        throw new Error(`of no family: ${line}`);
      }
      const key = line.slice(0, line.lastIndexOf(' '));
      if (seen.has(key)) throw new Error(`twice: ${key}`);
      seen.add(key);
      samples.set(sampleName, [...(samples.get(sampleName) ?? []), sample]);
    }
  }
  return { families, samples: (wanted) => samples.get(wanted) ?? [] };
}

function parseSample(line: string): readonly [string, PrometheusSample] {
  const match = sampleLine.exec(line);
  if (!match) throw new Error(`no line of the format: ${JSON.stringify(line)}`);
  const [, sampleName = '', labels = '', value = ''] = match;
  const entries = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
    ([, key = '', raw = '']): [string, string] => [key, unescaped(raw)],
  );
  return [
    sampleName,
    { labels: Object.fromEntries(entries), value: Number(value.replace('Inf', 'Infinity')) },
  ];
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
}
