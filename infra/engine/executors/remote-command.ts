import type { SshClient } from '../../ssh/client.ts';
import type { ExecResult } from '../../ssh/running-command.ts';
import {
  type CommandInputs,
  commandExecutor,
  commandSchema,
  lineLogger,
  previousOutput,
  type RunCommand,
} from './command.ts';
import { connectionSchema, sshTarget } from './connection.ts';
import { CommandError, type Executor } from './executor.ts';

const schema = commandSchema.extend({ connection: connectionSchema });

const run: RunCommand = (command, rawInputs, previous, context) => {
  const inputs = schema.parse(rawInputs);
  return context.ssh.run(sshTarget(inputs.connection), async (client) => {
    await requireEnvironment(client, inputs.environment);
    const log = lineLogger(inputs, context.onLine);
    const result = await client.exec(command, {
      stdin: inputs.stdin ?? '',
      environment: { ...previousOutput(inputs, previous), ...inputs.environment },
      onOutput: log.write,
      signal: context.signal,
    });
    log.end();
    if (result.status !== 0) throw new CommandError(describe(result), result.output);
    return result;
  });
};

/** `command:remote:Command`. */
export const remoteCommand: Executor = commandExecutor(schema, run);

// sshd drops variables that its AcceptEnv does not name. The provider sees the refusal; this
// client's library does not report it, so we look whether they arrived.
async function requireEnvironment(
  client: SshClient,
  environment: CommandInputs['environment'],
): Promise<void> {
  if (environment === undefined) return;
  const result = await client.exec('env -0', { environment });
  const seen = new Set(result.stdout.split('\0'));
  const refused = Object.entries(environment).find(([key, value]) => !seen.has(`${key}=${value}`));
  if (refused === undefined) return;
  throw new CommandError(
    `could not set environment variable "${refused[0]}": the host's sshd does not accept it ` +
      '(AcceptEnv); write VAR=value before the command, or hand the value over by stdin',
    '',
  );
}

function describe(result: ExecResult): string {
  if (result.endedBy !== undefined) return `the command was ended by signal ${result.endedBy}`;
  return `the command failed with exit status ${result.status}`;
}
