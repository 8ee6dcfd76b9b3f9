import { parseOutputs, type StackOutputs } from '../stack-outputs.ts';
import type { Engine, Interrupt, RunEnd } from './engines/engine.ts';
import { interruptedStatus } from './interrupt.ts';
import { probeHosts } from './probe.ts';
import { environmentTable } from './progress/environment-table.ts';
import type { Style } from './progress/style.ts';
import type { View } from './progress/view.ts';
import { removeSshConfig, writeSshConfig } from './ssh-config.ts';
import { collectStatus } from './status/report.ts';
import { statusTables } from './status/tables.ts';

/** What every command works with. */
export interface CommandTools {
  readonly engine: Engine;
  readonly stack: string;
  /** What is kept of the stack on this machine. */
  readonly folder: string;
  readonly view: View;
  readonly interrupt: Interrupt;
  readonly style: Style;
  readonly print: (line: string) => void;
}

/** Stands the environment up; resolves to the exit status. */
export async function up(tools: CommandTools): Promise<number> {
  const { engine, view, interrupt } = tools;
  announce(tools, 'Bringing up');
  const end = await engine.up(view, interrupt);
  if (end !== 'done') return statusOf(end);
  const outputs = parseOutputs(await engine.outputs());
  return outputs === undefined ? 0 : showEnvironment(outputs, tools);
}

/** Prints what `up` would change; resolves to the exit status. */
export async function preview(tools: CommandTools): Promise<number> {
  announce(tools, 'Previewing');
  return statusOf(await tools.engine.preview(tools.view, tools.interrupt));
}

/** Takes the environment away; resolves to the exit status. */
export async function takeDown(tools: CommandTools): Promise<number> {
  announce(tools, 'Taking down');
  const end = await tools.engine.down(tools.view, tools.interrupt);
  if (end === 'done') await removeSshConfig(tools.folder);
  return statusOf(end);
}

/** Tells how the environment is; resolves to 0 when all is well, else to 1. */
export async function status(
  { engine, stack, style, print }: CommandTools,
  { json }: { readonly json: boolean },
): Promise<number> {
  const outputs = parseOutputs(await engine.outputs());
  if (outputs === undefined) {
    throw new Error(`there is no stack "${stack}" yet; \`npm run up\` brings it to life`);
  }
  const report = await collectStatus(stack, outputs);
  if (json) print(JSON.stringify(report, undefined, 2));
  else for (const line of statusTables(report, style)) print(line);
  return report.healthy ? 0 : 1;
}

function announce({ engine, stack, style, print }: CommandTools, doing: string): void {
  print(`${doing} stack ${style.bold(stack)} ${style.dim(`with the ${engine.description}`)}`);
}

async function showEnvironment(outputs: StackOutputs, tools: CommandTools): Promise<number> {
  const { print, style, folder } = tools;
  const sshConfig = await writeSshConfig(folder, outputs.hosts);
  for (const line of environmentTable(outputs, sshConfig, style)) print(line);
  const silent = (await probeHosts(outputs.hosts)).filter((result) => !result.answers);
  for (const { name, reason } of silent) {
    print(style.red(`\n${name} does not answer over ssh: ${reason}`));
    print(
      `  ${style.yellow('→')} Switch it on, or mend its network; then run the same command again.`,
    );
  }
  return silent.length === 0 ? 0 : 1;
}

function statusOf(end: RunEnd): number {
  switch (end) {
    case 'done':
      return 0;
    case 'failed':
      return 1;
    case 'interrupted':
      return interruptedStatus;
  }
}
