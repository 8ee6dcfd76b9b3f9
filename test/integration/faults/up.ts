/** Another catalog is brought as people do it: by `npm run up`. */
import type { Expectation } from '../harness/drill.ts';
import { bringUp, npmRun, type Run, type RunOptions, succeeded } from '../support/stack.ts';
import type { Fault } from './fault.ts';

const folder = 'test/integration/drills/catalog';

export interface CatalogChange
  extends Pick<Expectation, 'restarts' | 'reloads'>,
    Pick<RunOptions, 'daysAgo'> {
  /** Such as `a service gets another port`. */
  readonly what: string;
  /** Where something comes, goes or is started anew. */
  readonly hosts: readonly string[];
  /** A file of `drills/catalog/`. */
  readonly catalog: string;
  /** Others, whose `up`s heal it, one after the other; by default that of the drills. */
  readonly back?: readonly string[];
  /** Whether connections to instances end with it. */
  readonly cutsConnections?: true;
  /** Told how the `up` that brings it ended; by default it has to succeed. */
  readonly ended?: (run: Run) => void;
}

export function broughtUp({
  catalog,
  daysAgo,
  back = ['catalog.ts'],
  ended = succeeded,
  ...change
}: CatalogChange): Fault {
  return {
    ...change,
    break: async ({ stack }) => {
      const when = daysAgo === undefined ? {} : { daysAgo };
      ended(await npmRun(stack, 'up', [], { catalog: `${folder}/${catalog}`, ...when }));
      return Date.now();
    },
    heal: async ({ stack }) => {
      for (const one of back) await bringUp(stack, `${folder}/${one}`);
    },
  };
}
