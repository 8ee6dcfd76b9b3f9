/** How many tests went how; stages that run no tests count as one. */
export interface Counts {
  readonly passed: number;
  /** Each by its title, and why where that is known. */
  readonly failures: readonly string[];
  readonly skipped: number;
}

/** Of what a line says of a failure: all of it stands where it happened. */
const maxLength = 500;

export function sum(all: readonly Counts[]): Counts {
  const add = (key: 'passed' | 'skipped'): number =>
    all.reduce((total, one) => total + one[key], 0);
  return {
    passed: add('passed'),
    failures: all.flatMap(({ failures }) => failures),
    skipped: add('skipped'),
  };
}

/** The line that CI reads: always the last one. */
export function closingLine({ passed, failures, skipped }: Counts): string {
  return `${passed} passed, ${failures.length} failed, ${skipped} skipped`;
}

/** What failed, a line each, where nobody has to scroll for it; then the line that CI reads. */
export function closingLines(counts: Counts): string {
  const lines = counts.failures.map((what) => `failed: ${what.replace(/\s+/g, ' ')}`);
  return [...lines.map((line) => line.slice(0, maxLength)), closingLine(counts)].join('\n');
}
