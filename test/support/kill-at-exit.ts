import type { ChildProcess } from 'node:child_process';

/** Sees to it that a crashed test run leaves no process behind, not even a stopped one. */
export function killAtExit(child: ChildProcess): void {
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}
