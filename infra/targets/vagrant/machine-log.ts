import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lastLines } from '../../prerequisites/command.ts';
import { workFolder } from './stack-files.ts';

/** `==> name: text` or `    name: text`. */
const machineLine = /^(?:==>|\s{3}) ([^\s:]+): (.*)$/;
/** Of interest to nobody while it goes well. */
const chatter =
  /^(SSH |Running: |Fixed port collision|Warning: Connection|Warning: Authentication)/;

export interface VagrantLine {
  readonly machine: string;
  readonly text: string;
}

/** Which machine a line of Vagrant's output is about; `undefined` where none. */
export function parseVagrantLine(line: string): VagrantLine | undefined {
  const [, machine, text] = machineLine.exec(line) ?? [];
  return machine === undefined || text === undefined ? undefined : { machine, text };
}

const errorHeading =
  /An error occurred while executing the action on the '([^']+)'\s+machine\. Please handle this error then try again:/;

/** The part of Vagrant's errors that is about one machine; all of it where it names none. */
export function errorAbout(machine: string, stderr: string): string {
  const [common = '', ...parts] = stderr.split(errorHeading);
  if (parts.length === 0) return lastLines(common, 15);
  const at = parts.findIndex((part, index) => index % 2 === 0 && part === machine);
  return at < 0 ? '' : lastLines(parts[at + 1] ?? '', 15);
}

/** Why a container did not start, from the log of `lxc-start`: its errors, first cause first. */
export function containerErrors(container: string, log: string): string[] {
  return log.split('\n').flatMap((line) => {
    const [, name, text] = /^lxc-start (\S+) .* ERROR +\S+ - \S+ - (.*)$/.exec(line) ?? [];
    return name === container && text !== undefined ? [text] : [];
  });
}

/** What Vagrant said about a machine; whoever runs Vagrant writes, the machine's process reads. */
export interface MachineLog {
  append(text: string): Promise<void>;
  text(): Promise<string>;
  clear(): Promise<void>;
}

export function machineLog(vagrantName: string, folder: string = workFolder): MachineLog {
  const path = join(folder, 'log', `${vagrantName}.log`);
  return {
    append: async (text) => {
      await mkdir(dirname(path), { recursive: true });
      await appendFile(path, `${text}\n`);
    },
    text: () => readFile(path, 'utf8').catch(() => ''),
    clear: () => rm(path, { force: true }),
  };
}

/** Shows a log's new lines as they come, until the returned function is called. */
export function follow(log: MachineLog, show: (line: string) => void): () => Promise<void> {
  let shown = 0;
  const showNew = async (): Promise<void> => {
    const text = await log.text();
    const lines = text.slice(shown, text.lastIndexOf('\n') + 1).split('\n');
    shown = Math.max(shown, text.lastIndexOf('\n') + 1);
    for (const line of lines) if (line !== '' && !chatter.test(line)) show(line);
  };
  let turn = Promise.resolve();
  const timer = setInterval(() => {
    turn = turn.then(showNew);
  }, 200);
  return async () => {
    clearInterval(timer);
    await turn;
    await showNew();
  };
}
