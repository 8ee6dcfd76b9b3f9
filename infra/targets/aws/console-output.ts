/** The console of an instance, asked of EC2 until it shows the host's key. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EC2Client, GetConsoleOutputCommand } from '@aws-sdk/client-ec2';
import { hostKeyOnConsole } from './host-key.ts';

export interface ConsoleQuestion {
  readonly instanceId: string;
  readonly intervalMs: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** Asks where and as whom the variables of AWS say. */
export async function hostKeyOf(question: ConsoleQuestion): Promise<string> {
  const { instanceId, intervalMs, signal } = question;
  const client = new EC2Client({});
  let seen = 'it has printed nothing';
  try {
    for (;;) {
      const text = await consoleText(client, question);
      const key = hostKeyOnConsole(text);
      if (key !== undefined) return key;
      const last = text.trimEnd().split('\n').slice(-shownLines).join('\n');
      if (last !== '') seen = `its last words were\n${last}`;
      await sleep(intervalMs, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const message =
      `${instanceId} has not shown its ssh host key on its console; ${seen}\n` +
      'A key is printed once, at the first boot. If that is long ago, have the machine made anew: ' +
      'smartstack:aws.machines.renew and pulumi up --replace <its URN>, see docs/aws.md';
    throw new Error(message, { cause: error });
  } finally {
    client.destroy();
  }
}

const shownLines = 10;

/** Empty for an instance that is so new that EC2 does not know it everywhere yet. */
async function consoleText(
  client: EC2Client,
  { instanceId, signal }: ConsoleQuestion,
): Promise<string> {
  const command = new GetConsoleOutputCommand({ InstanceId: instanceId, Latest: true });
  try {
    const { Output = '' } = await client.send(command, { abortSignal: signal });
    return Buffer.from(Output, 'base64').toString('utf8');
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidInstanceID.NotFound') return '';
    throw error;
  }
}
