/** The drills' catalog with five members. */

import { catalog as drills } from './catalog.ts';
import { withMembers } from './with-members.ts';

export const catalog = withMembers(drills, {
  zookeeper1: 11,
  zookeeper2: 12,
  zookeeper3: 13,
  zookeeper4: 14,
  zookeeper5: 15,
});
