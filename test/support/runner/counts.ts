/** How many tests went how; stages that run no tests count as one. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const noTests: Counts = { passed: 0, failed: 0, skipped: 0 };

export function sum(left: Counts, right: Counts): Counts {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  };
}

/** The line that CI reads: always the last one. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Reads mocha's summary. A run without one, or one that ended badly though no test failed (an
 * error outside of any test), counts as a failure.
 */
export function mochaCounts(output: string, status: number | null): Counts {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are stripped
  const plain = output.replace(/\u001b\[[0-9;]*m/g, '');
  const count = (word: string): number | undefined => {
    const found = [...plain.matchAll(new RegExp(`^ +(\\d+) ${word}`, 'gm'))].at(-1);
    return found === undefined ? undefined : Number(found[1]);
  };
  const passed = count('passing');
  const failed = count('failing') ?? 0;
  const broken = passed === undefined || (status !== 0 && failed === 0);
  return {
    passed: passed ?? 0,
    failed: broken ? failed + 1 : failed,
    skipped: count('pending') ?? 0,
  };
}
