import { Ledger } from './ledger.ts';
import { Pacer } from './pacer.ts';
import { createSender, type GeneratorFlow, type Sender } from './sender.ts';
import { wallMs } from './wall.ts';

/** Requests that wait for an answer at once, beyond which they fail unsent with this cause. */
const maxOpen = 2_000;
const tooMany = 'too many open';

/** Sends every flow at its rate, never waiting for an answer. */
export class OpenLoop {
  readonly ledger = new Ledger();
  readonly #senders: readonly Sender[];
  readonly #pacer: Pacer;
  #timer: NodeJS.Timeout | undefined;
  #settled = (): void => {};

  constructor(flows: readonly GeneratorFlow[]) {
    this.#senders = flows.map(createSender);
    this.#pacer = new Pacer(
      flows.map(({ perSecond }) => perSecond),
      wallMs(),
    );
  }

  start(): void {
    const { due, missed } = this.#pacer.take(wallMs());
    this.ledger.countMissed(missed);
    for (const { flow, dueMs } of due) this.#send(flow, dueMs);
    // A timer may fire early by less than a millisecond: never a turn without a request.
    const waitMs = Math.max(1, Math.ceil(this.#pacer.nextMs - wallMs()));
    this.#timer = setTimeout(() => this.start(), waitMs);
  }

  /** Sends no more; resolves when everything sent has ended. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await new Promise<void>((resolve) => {
      this.#settled = resolve;
      if (this.ledger.open === 0) resolve();
    });
    for (const sender of this.#senders) sender.close();
  }

  #send(flow: number, dueMs: number): void {
    const startMs = wallMs();
    const crowded = this.ledger.open >= maxOpen;
    this.ledger.countSent();
    const end = (instance: string, cause: string, connectedMs: number | undefined): void => {
      const endMs = wallMs();
      this.ledger.add({ flow, dueMs, startMs, endMs, connectedMs, instance, cause });
      if (this.ledger.open === 0) this.#settled();
    };
    if (crowded) end('', tooMany, undefined);
    else this.#senders[flow]?.send((it) => end(it.instance, it.cause, it.connectedMs));
  }
}
