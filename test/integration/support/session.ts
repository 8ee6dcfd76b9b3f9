/** What the claims share within one run: the stack's name, its hosts, and figures to report. */
import type { StackOutputs } from '../../../infra/stack-outputs.ts';
import { Hosts } from './hosts.ts';
import { npmRun, type Run, type RunOptions, stackOutputs, succeeded } from './stack.ts';

export const stack = process.env.SMARTSTACK_STACK ?? 'vagrant';

export interface Session {
  readonly outputs: StackOutputs;
  readonly hosts: Hosts;
}

/** Hosts as the last `up` left them; close `hosts` afterwards. */
export async function openSession(): Promise<Session> {
  const outputs = await stackOutputs(stack);
  return { outputs, hosts: new Hosts(outputs) };
}

/** A command that has to succeed; fails with all that it printed. */
export async function succeeds(
  command: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Run> {
  return succeeded(await npmRun(stack, command, args, options));
}

/** How `up` or `preview` ends with nothing to do, in the words of either engine. */
export const nothingChanges =
  /^(0 (created|to create), 0 (updated|to update), 0 (deleted|to delete)|Resources:\n +\d+ unchanged)/m;

/** A figure for the report: measured, never asserted (a slow machine fails no test). */
export function measured(what: string, value: string): void {
  console.log(`      · ${what}: ${value}`);
}
