import { execFile } from 'node:child_process';

export interface CommandResult {
  /** `undefined` when it did not start, or ended by a signal or the deadline. */
  readonly exitCode: number | undefined;
  /** Both streams, stdout first. */
  readonly output: string;
}

/** Runs a program to its end; never rejects. */
export type RunCommand = (
  file: string,
  args: readonly string[],
  deadlineMs: number,
) => Promise<CommandResult>;

export const runCommand: RunCommand = (file, args, deadlineMs) =>
  new Promise((resolve) => {
    const options = { timeout: deadlineMs, killSignal: 'SIGKILL', maxBuffer: 16 << 20 } as const;
    execFile(file, [...args], options, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      if (error === null) return resolve({ exitCode: 0, output });
      const exitCode = typeof error.code === 'number' ? error.code : undefined;
      resolve({ exitCode, output: output || error.message });
    });
  });
