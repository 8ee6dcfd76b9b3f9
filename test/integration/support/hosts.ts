/** Commands on the hosts of a stack, over ssh and nothing else. */
import { quickTarget } from '../../../infra/cli/login.ts';
import { commandAsRoot, inputAsRoot, shellQuote } from '../../../infra/components/shell.ts';
import type { SshClient } from '../../../infra/ssh/client.ts';
import { SshPool } from '../../../infra/ssh/pool.ts';
import { SshError } from '../../../infra/ssh/target.ts';
import type { HostOutput, StackOutputs } from '../../../infra/stack-outputs.ts';

export class Hosts {
  readonly #outputs: StackOutputs;
  readonly #pools = new Map<string, SshPool>();

  constructor(outputs: StackOutputs) {
    this.#outputs = outputs;
  }

  /** Names of the hosts that have a role. */
  with(role: 'zookeeper' | 'service'): readonly string[] {
    return Object.entries(this.#outputs.hosts)
      .filter(([, { roles }]) => roles.includes(role))
      .map(([name]) => name);
  }

  address(name: string): string {
    return this.#host(name).address;
  }

  /** Standard output of a bash script that runs as root; throws where it fails. */
  async run(name: string, script: string): Promise<string> {
    const result = await this.#on(name, (client) => client.exec(inputAsRoot, { stdin: script }));
    if (result.status === 0) return result.stdout.trimEnd();
    throw new Error(`on ${name}: ${script}\nended with ${result.status}:\n${result.output}`);
  }

  /** Body of `GET url`, without its last line feed, asked on the host itself with the Node that the agent brought. */
  get(name: string, url: string): Promise<string> {
    const program =
      `const answer = await fetch(${JSON.stringify(url)}, { headers: { connection: 'close' } });` +
      'const text = await answer.text();' +
      'if (!answer.ok) throw new Error(answer.status + " " + text);' +
      'process.stdout.write(text)';
    return this.run(
      name,
      `/opt/smartstack/current/bin/node --input-type=module -e ${shellQuote(program)}`,
    );
  }

  /** Runs `command` as root, feeding each of its lines to `onLine`, until aborted. */
  async follow(
    name: string,
    command: string,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let rest = '';
    const onOutput = (stream: 'stdout' | 'stderr', chunk: string): void => {
      if (stream === 'stderr') return;
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    };
    const ended = this.#on(name, (client) =>
      client.exec(commandAsRoot(command), { signal, onOutput }),
    );
    await ended.catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  close(): void {
    for (const pool of this.#pools.values()) pool.close();
    this.#pools.clear();
  }

  /** A pool gives up for good on a host that it could not reach; ours go down and come back. */
  async #on<T>(name: string, use: (client: SshClient) => Promise<T>): Promise<T> {
    const known = this.#pools.get(name);
    const pool = known ?? new SshPool({ signal: new AbortController().signal });
    this.#pools.set(name, pool);
    try {
      return await pool.run(await quickTarget(this.#host(name)), use);
    } catch (error) {
      const isReached = !(error instanceof SshError) || error.fault === 'aborted';
      if (!isReached && this.#pools.get(name) === pool) this.#pools.delete(name);
      throw error;
    }
  }

  #host(name: string): HostOutput {
    const host = this.#outputs.hosts[name];
    if (host === undefined) throw new Error(`the stack has no host "${name}"`);
    return host;
  }
}
