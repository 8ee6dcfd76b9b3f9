/** Where the tutorial begins, with two members more. */

import { catalog as drills } from './one-member.ts';
import { withMembers } from './with-members.ts';

export const catalog = withMembers(drills, {
  zookeeper1: 11,
  zookeeper2: 12,
  zookeeper3: 13,
});
