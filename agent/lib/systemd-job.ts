import { readFile } from 'node:fs/promises';
import type { RunCommand } from './run-command.ts';

export interface SystemdJobOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly runCommand: RunCommand;
  /** The control groups of this process; a test gives others. */
  readonly readCgroup?: () => Promise<string>;
}

const deadlineMs = 5_000;

/**
 * Whether systemd stops this unit in order to start it again: the job that stands in its queue
 * while the unit stops is a `restart` then, and a `stop` otherwise. False outside systemd, and
 * when it cannot be asked.
 */
export async function isBeingRestarted(options: SystemdJobOptions): Promise<boolean> {
  const { environment, runCommand, readCgroup = readOwnCgroup } = options;
  if (environment.INVOCATION_ID === undefined) return false;
  const unit = unitOf(await readCgroup().catch(() => ''));
  if (unit === undefined) return false;
  const args = ['list-jobs', '--full', '--plain', '--no-legend', '--no-pager'];
  const { exitCode, output } = await runCommand('systemctl', args, deadlineMs);
  if (exitCode !== 0) return false;
  const jobs = output.split('\n').map((line) => line.trim().split(/\s+/));
  return jobs.some(([, name, type]) => name === unit && type === 'restart');
}

/** `0::/system.slice/nerve.service` → `nerve.service`. */
function unitOf(cgroup: string): string | undefined {
  return /\/([^/\n]+\.service)(?:\/|$)/m.exec(cgroup)?.[1];
}

async function readOwnCgroup(): Promise<string> {
  return await readFile('/proc/self/cgroup', 'utf8');
}
