/** All drills, in the order in which they are played. */
import type { Drill } from '../harness/drill.ts';
import * as cookbook from './cookbook/broken.ts';
import { wholeEnvironment } from './cookbook/whole.ts';
import * as daemons from './production/daemons.ts';
import { dayTwo } from './production/day-two.ts';
import { deploys } from './production/deploys.ts';
import * as ensemble from './production/ensemble.ts';
import { ensembleSettings } from './production/ensemble-settings.ts';
import { ensembleTlsTurnedOnAndOff } from './production/ensemble-tls.ts';
import * as hosts from './production/hosts.ts';
import { instancesKilled } from './production/instance-killed.ts';
import { deadMemberReplaced, membersComeAndGo } from './production/members.ts';
import { leaderCutOff, partitions } from './production/partitions.ts';
import * as registry from './production/registry.ts';
import * as services from './production/services.ts';
import { agentUpgraded, badReleaseTakenBack } from './production/upgrades.ts';
import {
  nerveKilledAndBack,
  nerveKilledForGood,
  nerveStopped,
  synapseCrashed,
} from './tutorial/daemons.ts';
import { notFoundOnHealth, serviceBCallsServiceA, serviceCrashed } from './tutorial/service.ts';
import { deathWithoutZookeeper, memberCrashed, zookeeperCrashed } from './tutorial/zookeeper.ts';

const tutorial: readonly Drill[] = [
  serviceCrashed,
  notFoundOnHealth,
  zookeeperCrashed,
  deathWithoutZookeeper,
  synapseCrashed,
  nerveStopped,
  nerveKilledAndBack,
  nerveKilledForGood,
  memberCrashed,
  serviceBCallsServiceA,
];

const fromCookbook: readonly Drill[] = [
  wholeEnvironment,
  cookbook.nerveRestarts,
  cookbook.nerveSignals,
  cookbook.serviceDown,
  cookbook.zookeeperDown,
  cookbook.memberRestarted,
  cookbook.leaderElection,
];

const production: readonly Drill[] = [
  ...instancesKilled,
  ensemble.leaderKilled,
  ensemble.rollingRestart,
  ensemble.silentEnsemble,
  ensemble.silentMembers,
  ensemble.discoveryDead,
  ...partitions,
  leaderCutOff,
  services.flapping,
  services.slowInstance,
  services.rollingDeploy,
  services.lastDrained,
  services.fullQueue,
  services.reloadKeepsStates,
  daemons.haproxyKilled,
  daemons.haproxyReloaded,
  daemons.haproxySocketRemoved,
  daemons.daemonsRestarted,
  daemons.halfExpires,
  daemons.fullDisk,
  ...daemons.clocksStepped,
  daemons.badConfigPushed,
  ...deploys,
  ...dayTwo,
  ...ensembleSettings,
  agentUpgraded,
  badReleaseTakenBack,
  registry.churn,
  registry.hostileNodes,
  registry.thousandNodes,
  hosts.reboot,
  hosts.powerOff,
  ensemble.rebootsWithoutZookeeper,
  ensemble.quorumLost,
  membersComeAndGo,
  deadMemberReplaced,
  ensembleTlsTurnedOnAndOff,
];

export const drills: readonly Drill[] = [...tutorial, ...fromCookbook, ...production];
