/** The agent is upgraded, by `up` and under traffic: to a good release, and to a bad one. */
import { type AgentChange, upgraded } from '../../faults/agent-release.ts';
import type { Drill, Stage } from '../../harness/drill.ts';
import { judgeRegistrations } from '../../harness/unchanged.ts';
import { type Run, succeeded } from '../../support/stack.ts';
import { echo, workers } from '../catalog/services.ts';
import { refusedFor } from './refused-up.ts';

const newer: AgentChange = { file: 'agent/lib/version.ts', from: "'0.", to: "'9999." };

/** Starts as it should, and ends when nobody looks any more. */
const crashing: AgentChange = {
  file: 'agent/bin/nerve.ts',
  from: 'await runDaemonProgram',
  to: 'setTimeout(() => process.exit(70), 2_000).unref();\nawait runDaemonProgram',
};

export const agentUpgraded: Drill = {
  title: 'a new release of the agent is rolled out, and back',
  set: 'production',
  about: 'Host by host: no registration comes or goes, no request is lost, nothing is reloaded.',
  quick: true,
  play: async (stage) => {
    const { serviceHosts } = stage.inventory;
    const before = await releases(stage);
    const from = Date.now();
    const ended = (run: Run): void => {
      stage.note(`up with a new release: ${succeeded(run).seconds.toFixed(1)} s`);
    };
    const what = 'a newer agent';
    const upgrade = await stage.break(upgraded(serviceHosts, { what, change: newer, ended }));
    for (const [host, release] of Object.entries(await releases(stage))) {
      if (release === before[host]) throw new Error(`${host} stayed at ${release}`);
    }
    await upgrade.heal();
    judgeRegistrations(stage, workers, from);
    judgeRegistrations(stage, echo, from);
  },
};

export const badReleaseTakenBack: Drill = {
  title: 'a release of the agent that crashes is rolled out',
  set: 'production',
  about: 'The first host takes the one before back, the others are not touched; nothing is lost.',
  quick: false,
  play: async (stage) => {
    const { serviceHosts } = stage.inventory;
    const [first = ''] = serviceHosts;
    const before = await releases(stage);
    const from = Date.now();
    const ended = refusedFor(stage, /nerve did not come up well with the new release/);
    const what = 'a release that crashes';
    await stage.break(upgraded([first], { what, change: crashing, ended }));
    const after = await releases(stage);
    for (const host of serviceHosts) {
      if (after[host] !== before[host]) throw new Error(`${host} is at ${after[host]}`);
    }
    judgeRegistrations(stage, workers, from);
    judgeRegistrations(stage, echo, from);
  },
};

/** What nerve and synapse of each service host run from. */
async function releases({ inventory }: Stage): Promise<Readonly<Record<string, string>>> {
  const exe = (unit: string): string => `readlink /proc/$(systemctl show -P MainPID ${unit})/exe`;
  const all = inventory.serviceHosts.map(async (host) => {
    const programs = await inventory.hosts.run(host, `${exe('nerve')}; ${exe('synapse')}`);
    return [host, programs.trim().split('\n').join(', ')] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}
