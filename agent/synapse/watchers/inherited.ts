import type { Instance } from '../instance.ts';
import { serverName } from '../instance.ts';

/**
 * Instances of an earlier life whose part of the source has not answered in this one: unreachable
 * is not empty (law 2). They end when it answers, or when another part has them.
 */
export class Inherited {
  readonly #expected: () => readonly Instance[];
  #left: Map<string, Instance> | undefined;

  constructor(expected: () => readonly Instance[]) {
    this.#expected = expected;
  }

  /** What is left of them beside `found`; none once `complete`. */
  beside(found: readonly Instance[], complete: boolean): readonly Instance[] {
    this.#left ??= new Map(this.#expected().map((one) => [serverName(one), one]));
    if (complete) this.#left.clear();
    for (const one of found) this.#left.delete(serverName(one));
    return [...this.#left.values()];
  }
}
