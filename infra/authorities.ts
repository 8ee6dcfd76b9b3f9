/** Which authorities may follow which, so that at no time a host refuses what another shows. Pure. */
import { z } from 'zod';
import type { Problem } from '../agent/config/parse.ts';

/** Numbers: all are trusted, and the first one signs. None where nothing speaks TLS. */
export const trustSchema = z.array(z.number()).readonly();

export type Trust = z.output<typeof trustSchema>;

/**
 * Hosts change one after the other: whoever signs from now on is trusted by those that have not changed
 * yet, and whoever signed so far by those that have.
 *
 * @param last as every host has it, by the last `up` that came to its end
 */
export function authorityProblems(last: Trust, wanted: Trust): readonly Problem[] {
  const [signed] = last;
  const [signs] = wanted;
  if (signed === undefined || signs === undefined) return [];
  const first = (why: string, step: Trust): readonly Problem[] => [
    { path: 'authorities', message: `${why}; run up with [${step.join(', ')}] before` },
  ];
  if (!last.includes(signs)) {
    return first(`${signs} is to sign, and not every host trusts it yet`, [...last, signs]);
  }
  if (!wanted.includes(signed)) {
    const others = last.filter((one) => one !== signs);
    return first(`${signed} has signed what hosts show each other`, [signs, ...others]);
  }
  return [];
}
