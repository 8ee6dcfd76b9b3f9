import { deflateRawSync } from 'node:zlib';
import { formatRecord, type WireRecord } from '../wire-record.ts';

/** Told now and then: what ended since the last time, and the counts since the start. */
export interface Frame {
  readonly sent: number;
  readonly failed: number;
  /** Sent and not ended yet. */
  readonly open: number;
  /** Not sent, because the host stood still when they were due. */
  readonly missed: number;
  /** Records, one a line: deflated, base64. */
  readonly records: string;
}

/** Requests that ended, until they are told. */
export class Ledger {
  #lines: string[] = [];
  #sent = 0;
  #ended = 0;
  #failed = 0;
  #missed = 0;

  get open(): number {
    return this.#sent - this.#ended;
  }

  countSent(): void {
    this.#sent += 1;
  }

  countMissed(count: number): void {
    this.#missed += count;
  }

  add(record: WireRecord): void {
    this.#ended += 1;
    if (record.cause !== '') this.#failed += 1;
    this.#lines.push(formatRecord(record));
  }

  take(): Frame {
    const text = this.#lines.join('\n');
    this.#lines = [];
    return {
      sent: this.#sent,
      failed: this.#failed,
      open: this.open,
      missed: this.#missed,
      records: text === '' ? '' : deflateRawSync(text).toString('base64'),
    };
  }
}
