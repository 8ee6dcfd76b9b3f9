import type { Counts } from './counts.ts';

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
  const titles = failedTitles(plain);
  const failures = Array.from(
    { length: count('failing') ?? 0 },
    (_, index) => titles[index] ?? 'a test without a title',
  );
  const broken = passed === undefined || (status !== 0 && failures.length === 0);
  return {
    passed: passed ?? 0,
    failures: broken ? [...failures, `mocha itself, with status ${status}`] : failures,
    skipped: count('pending') ?? 0,
  };
}

/** Suites and test are on a line each, the last one ends with a colon. */
function failedTitles(plain: string): readonly string[] {
  const summary = plain.split(/^ +\d+ failing\n/m).at(1) ?? '';
  return [...summary.matchAll(/^ {2}\d+\) (.+(?:\n {7,}.+)*?):$/gm)].map(([, title = '']) => title);
}
