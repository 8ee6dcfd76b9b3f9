import { type Bounded, createBounded } from './bounded.ts';

/** Runs asynchronous pieces of work one after the other, in the order of the calls. */
export function createExclusive(): Bounded {
  return createBounded(1);
}
