import { hasControlCharacters } from '../../registration.ts';

export type CheckResult =
  | { readonly passed: true }
  /** `reason` is one line for logs and status; it may quote what the service said. */
  | { readonly passed: false; readonly reason: string };

export const passed: CheckResult = { passed: true };

const maxReasonLength = 200;

/** Whatever `reason` quotes, it becomes one short line without control characters. */
export function failed(reason: string): CheckResult {
  const plain = [...reason.slice(0, 4 * maxReasonLength)]
    .map((one) => (isPrintable(one) ? one : ' '))
    .join('');
  const line = plain.replaceAll(/\s+/g, ' ').trim();
  return { passed: false, reason: line.slice(0, maxReasonLength) || 'failed without a reason' };
}

/** An error's message; where Node tried several addresses, one for each. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error.name;
}

/** Marks that reorder a line's text, and separators that start one, count as control characters. */
function isPrintable(character: string): boolean {
  return !hasControlCharacters(character) && !/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(character);
}
