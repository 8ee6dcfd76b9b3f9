import type { TrafficKind } from '../record.ts';
import { echoSender } from './echo-sender.ts';
import { httpSender } from './http-sender.ts';

/** A flow as the host that sends it needs it. */
export interface GeneratorFlow {
  readonly kind: TrafficKind;
  readonly port: number;
  /** Of HTTP. */
  readonly path: string;
  readonly perSecond: number;
  readonly giveUpMs: number;
}

/** How a request ended. */
export interface Ending {
  /** Who answered; empty where nobody did, or did not say. */
  readonly instance: string;
  /** Empty for a good answer. */
  readonly cause: string;
  /**
   * When the connection that carried it was opened; missing where none was. Over loopback that is
   * the moment in which it was asked for: word of it comes later, on a busy host by much.
   */
  readonly connectedMs: number | undefined;
}

export interface Sender {
  /** Sends one request at once; tells exactly once how it ended, at the latest after `giveUpMs`. */
  send(done: (ending: Ending) => void): void;
  /** Leaves what is still open. */
  close(): void;
}

export function createSender(flow: GeneratorFlow): Sender {
  switch (flow.kind) {
    case 'http-keepalive':
      return httpSender(flow, true);
    case 'http-fresh':
      return httpSender(flow, false);
    case 'tcp-fresh':
      return echoSender(flow, false);
    case 'tcp-held':
      return echoSender(flow, true);
  }
}
