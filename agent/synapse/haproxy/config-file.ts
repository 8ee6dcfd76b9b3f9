/** haproxy.cfg on disk: new text is checked by HAProxy itself before it takes the old one's place. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import type { HaproxyOptions } from '../../config/synapse-haproxy.ts';
import { writeFileAtomically } from '../../lib/atomic-file.ts';
import type { RunCommand } from '../../lib/run-command.ts';

export type CheckResult =
  | { readonly ok: true }
  /** `complaints`: HAProxy's messages about what it does not take, one each. */
  | { readonly ok: false; readonly output: string; readonly complaints: readonly string[] };

export type Published =
  | CheckResult
  | { readonly ok: true; readonly change: 'written' | 'unchanged' };

/** Its methods must not overlap: they share the candidate file. */
export interface ConfigFile {
  /** `undefined` where there is none, or none that can be read. */
  read(): Promise<string | undefined>;
  check(text: string): Promise<CheckResult>;
  /** Checked, then in place, whole (law 7). Rejects with the file system's error. */
  publish(text: string): Promise<Published>;
  /** What was in place once: checked before. */
  putBack(text: string): Promise<void>;
}

const checkDeadlineMs = 30_000;
const maxShownLines = 20;
/** It may hold the passwords of statistics pages. */
const mode = 0o640;

export function createConfigFile(
  options: HaproxyOptions,
  path: string,
  runCommand: RunCommand,
): ConfigFile {
  const candidate = options.candidate_config_file_path ?? `${path}.tmp`;
  const read = (): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);
  const check = async (text: string): Promise<CheckResult> => {
    await writeCandidate(candidate, text);
    const result = await runChecks(options, candidate, runCommand);
    // What was refused stays, for whoever wants to see the line that HAProxy names.
    if (result.ok) await rm(candidate, { force: true });
    return result;
  };
  const publish = async (text: string): Promise<Published> => {
    if ((await read()) === text) return { ok: true, change: 'unchanged' };
    const checked = await check(text);
    if (!checked.ok) return checked;
    return { ok: true, change: await writeFileAtomically(path, text, { mode }) };
  };
  const putBack = async (text: string): Promise<void> => {
    await writeFileAtomically(path, text, { mode });
  };
  return { read, check, publish, putBack };
}

/** Made anew, with our mode, whatever is there; nobody needs it whole after a crash. */
async function writeCandidate(path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, text, { mode, flag: 'wx' });
}

async function runChecks(
  { haproxy_path, do_checks, check_command }: HaproxyOptions,
  candidate: string,
  runCommand: RunCommand,
): Promise<CheckResult> {
  const commands = [
    ...(haproxy_path === '' ? [] : [[haproxy_path, '-c', '-f', candidate]]),
    ...(do_checks && check_command !== undefined ? [['/bin/sh', '-c', check_command]] : []),
  ];
  for (const [file = '', ...args] of commands) {
    const { exitCode, output } = await runCommand(file, args, checkDeadlineMs);
    if (exitCode === 0) continue;
    const printed = output.split('\n');
    const complaints = printed.filter((line) => /ALERT/.test(line));
    const shown = complaints.length > 0 ? complaints : printed;
    return { ok: false, output: shown.slice(0, maxShownLines).join('\n').trim(), complaints };
  }
  return { ok: true };
}
