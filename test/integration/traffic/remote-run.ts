import { PassThrough } from 'node:stream';
import type { SshClient } from '../../../infra/ssh/client.ts';
import { startBeats } from './beats.ts';
import { ClockOffset } from './clock-offset.ts';
import { type Frame, lineSplitter, parseHostOutput } from './host-output.ts';

export interface RemoteProgram {
  readonly command: string;
  /** What its standard input begins with. */
  readonly input: string;
}

/** A host that says nothing for so long is lost. */
const silenceMs = 10_000;

/** The program on a host, from its start to its end. */
export class RemoteRun {
  readonly clock = new ClockOffset();
  /** Resolves to why it ended; empty where it was told to. */
  readonly ended: Promise<string>;
  readonly #stdin = new PassThrough();
  readonly #abort = new AbortController();
  readonly #onFrame: (frame: Frame) => void;
  readonly #stopBeats: () => void;
  #heardAtMs = Date.now();
  #told = false;
  #complaint = '';

  constructor(client: SshClient, program: RemoteProgram, onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
    this.#stopBeats = startBeats(this.#stdin, () => this.#lookForLife());
    this.ended = this.#run(client, program.command);
    this.#stdin.write(program.input);
  }

  /** When the host last said something, in milliseconds since the epoch. */
  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  /** Sends no more; what is under way ends, then the program does. */
  end(): void {
    this.#told = true;
    this.#stopBeats();
    this.#stdin.end();
  }

  /** Leaves the program, which ends by itself where nobody talks to it. */
  abandon(reason: Error): void {
    this.#abort.abort(reason);
  }

  async #run(client: SshClient, command: string): Promise<string> {
    const split = lineSplitter((line) => this.#take(line));
    const { signal } = this.#abort;
    const onOutput = (stream: 'stdout' | 'stderr', chunk: string): void => {
      if (stream === 'stdout') split(chunk);
      else this.#complaint = chunk;
    };
    try {
      const result = await client.exec(command, { stdin: this.#stdin, onOutput, signal });
      if (this.#told && result.status === 0) return '';
      const how = result.endedBy ?? `status ${result.status}`;
      return `its program ended with ${how}: ${this.#complaint.trim().slice(-500)}`;
    } catch (error) {
      const reason: unknown = signal.aborted ? signal.reason : error;
      return reason instanceof Error ? reason.message : String(reason);
    } finally {
      this.#stopBeats();
      this.#stdin.destroy();
    }
  }

  #take(line: string): void {
    this.#heardAtMs = Date.now();
    try {
      const output = parseHostOutput(line);
      if ('frame' in output) this.#onFrame(output.frame);
      else this.clock.add({ ...output.echo, receivedMs: this.#heardAtMs });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.abandon(new Error(`it says what nobody understands: ${reason}`, { cause }));
    }
  }

  #lookForLife(): void {
    const silent = Date.now() - this.#heardAtMs > silenceMs;
    if (silent) this.abandon(new Error(`it said nothing for ${silenceMs / 1_000} s`));
  }
}
