import { setTimeout as sleep } from 'node:timers/promises';
import type { SshClient } from '../../../infra/ssh/client.ts';
import { type Frame, recordsOf } from './host-output.ts';
import type { Flow, LiveCount, TrafficGap, TrafficRecord } from './record.ts';
import { type RemoteProgram, RemoteRun } from './remote-run.ts';
import { toRecord } from './to-record.ts';

export interface HostTrafficOptions {
  readonly host: string;
  readonly flows: readonly Flow[];
  readonly program: RemoteProgram;
  /** A connection of the traffic's own: the drill's commands must not hold it up. */
  readonly connect: (signal: AbortSignal) => Promise<SshClient>;
}

const againMs = 1_000;
/** Beyond what requests may take, for the last words. */
const lastWordsMs = 5_000;

/**
 * One host's traffic. Where the host is lost, it is tried again until the traffic ends: a machine
 * that comes back sends again.
 */
export class HostTraffic {
  readonly records: TrafficRecord[] = [];
  readonly gaps: TrafficGap[] = [];
  readonly #options: HostTrafficOptions;
  readonly #stopping = new AbortController();
  readonly #sending = Promise.withResolvers<void>();
  #run: RemoteRun | undefined;
  #missed = 0;
  #past: LiveCount = { sent: 0, failed: 0 };
  #now: LiveCount = { sent: 0, failed: 0 };
  #ended: Promise<void> = Promise.resolve();

  constructor(options: HostTrafficOptions) {
    this.#options = options;
  }

  get live(): LiveCount {
    return {
      sent: this.#past.sent + this.#now.sent,
      failed: this.#past.failed + this.#now.failed,
    };
  }

  /** Resolves when the host sends; rejects where it cannot even be started. */
  start(): Promise<void> {
    this.#ended = this.#keepSending();
    return this.#sending.promise;
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the traffic has ended'));
    this.#run?.end();
    const longestMs = Math.max(...this.#options.flows.map(({ giveUpMs }) => giveUpMs));
    const late = setTimeout(
      () => this.#run?.abandon(new Error('it does not end')),
      longestMs + lastWordsMs,
    );
    await this.#ended;
    clearTimeout(late);
  }

  async #keepSending(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const why = await this.#once();
      if (why !== '') this.#openGap(why);
      this.#sending.reject(new Error(`${this.#options.host} sends no traffic: ${why}`));
      await sleep(againMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Resolves to why it ended; empty where it was told to. */
  async #once(): Promise<string> {
    let client: SshClient | undefined;
    try {
      client = await this.#options.connect(this.#stopping.signal);
      this.#run = new RemoteRun(client, this.#options.program, (frame) => this.#take(frame));
      if (this.#stopping.signal.aborted) this.#run.end();
      return await this.#run.ended;
    } catch (error) {
      if (this.#stopping.signal.aborted) return '';
      return error instanceof Error ? error.message : String(error);
    } finally {
      client?.close();
      this.#past = this.live;
      this.#now = { sent: 0, failed: 0 };
      this.#missed = 0;
    }
  }

  #take(frame: Frame): void {
    this.#sending.resolve();
    this.#now = { sent: frame.sent, failed: frame.failed };
    this.#closeGap();
    if (frame.missed > this.#missed) this.#noteMissed(frame.missed - this.#missed);
    this.#missed = frame.missed;
    const aheadMs = this.#run?.clock.aheadMs ?? 0;
    for (const wire of recordsOf(frame)) {
      const flow = this.#options.flows[wire.flow];
      if (flow === undefined) throw new Error(`there is no flow ${wire.flow}`);
      this.records.push(toRecord(flow, wire, aheadMs));
    }
  }

  #openGap(why: string): void {
    if (this.#lasting !== undefined) return;
    const fromAtMs = this.#run?.heardAtMs ?? Date.now();
    this.gaps.push({ host: this.#options.host, fromAtMs, why });
  }

  #closeGap(): void {
    const gap = this.#lasting;
    if (gap !== undefined) this.gaps.splice(-1, 1, { ...gap, toAtMs: Date.now() });
  }

  get #lasting(): TrafficGap | undefined {
    const gap = this.gaps.at(-1);
    return gap?.toAtMs === undefined ? gap : undefined;
  }

  // The process, or the whole host, got no processor time.
  #noteMissed(count: number): void {
    const { host } = this.#options;
    const toAtMs = Date.now();
    const why = `${count} requests were not sent in time: the host stood still`;
    this.gaps.push({ host, fromAtMs: this.records.at(-1)?.atMs ?? toAtMs, toAtMs, why });
  }
}
