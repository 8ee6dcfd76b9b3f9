/** Members of the ensemble come and go, as people do it: another catalog, and `npm run up`. */
import { bringUp } from '../support/stack.ts';
import type { Fault } from './fault.ts';

const folder = 'test/integration/drills/catalog';

export interface MemberChange {
  readonly what: string;
  /** Who comes or goes. */
  readonly hosts: readonly string[];
  /** Files of `catalog/`: what is brought up, and what heals that. */
  readonly catalog: string;
  readonly before: string;
}

export function membersChanged({ what, hosts, catalog, before }: MemberChange): Fault {
  return {
    what,
    hosts,
    break: async ({ stack }) => {
      const atMs = Date.now();
      await bringUp(stack, `${folder}/${catalog}`);
      return atMs;
    },
    heal: async ({ stack }) => {
      await bringUp(stack, `${folder}/${before}`);
    },
  };
}
