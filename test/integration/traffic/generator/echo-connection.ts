import { connect, type Socket } from 'node:net';
import { causeOf } from './cause.ts';
import type { Ending } from './sender.ts';
import { wallMs } from './wall.ts';

/** Longer answers are not of an echo server. */
const maxLine = 1_000;

/**
 * One connection to a server that answers each line with its name, a blank and that line. Lines
 * go out when they are asked for, not when those before were answered.
 */
export class EchoConnection {
  readonly #socket: Socket;
  /** In the order of sending, which is the order of answers. */
  readonly #waiting: Waiting[] = [];
  #connected = false;
  readonly #openedMs = wallMs();
  #rest = '';
  #usable = true;

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.setEncoding('utf8');
    this.#socket.once('connect', () => {
      this.#connected = true;
    });
    this.#socket.on('data', (text: string) => this.#read(text));
    this.#socket.once('error', (error) => this.#breakOff(causeOf(error)));
    this.#socket.once('end', () => this.#breakOff('closed'));
    this.#socket.once('close', () => this.#breakOff('closed'));
  }

  /** Whether new lines may go over it. */
  get usable(): boolean {
    return this.#usable;
  }

  ask(line: string, giveUpMs: number, done: (ending: Ending) => void): void {
    const waiting: Waiting = { line, done, over: false, timer: undefined };
    waiting.timer = setTimeout(() => this.#giveUp(waiting), giveUpMs);
    this.#waiting.push(waiting);
    this.#socket.write(`${line}\n`);
  }

  close(): void {
    this.#breakOff('closed');
  }

  #read(text: string): void {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#take(line);
    if (this.#rest.length > maxLine) this.#breakOff('wrong answer');
  }

  #take(answer: string): void {
    const waiting = this.#waiting.shift();
    const [instance = '', line, ...more] = answer.split(' ');
    if (waiting === undefined) this.#breakOff('wrong answer');
    else if (line === waiting.line && more.length === 0) this.#settle(waiting, instance, '');
    else this.#settle(waiting, '', 'wrong answer');
  }

  // What else is under way here gets its own time; nobody new should suffer from this one.
  #giveUp(waiting: Waiting): void {
    this.#usable = false;
    this.#settle(waiting, '', 'timeout');
    if (this.#waiting.every(({ over }) => over)) this.#socket.destroy();
  }

  #breakOff(cause: string): void {
    this.#usable = false;
    this.#socket.destroy();
    for (const waiting of this.#waiting.splice(0)) this.#settle(waiting, '', cause);
  }

  #settle(waiting: Waiting, instance: string, cause: string): void {
    if (waiting.over) return;
    waiting.over = true;
    clearTimeout(waiting.timer);
    const connectedMs = this.#connected ? this.#openedMs : undefined;
    waiting.done({ instance, cause, connectedMs });
  }
}

interface Waiting {
  readonly line: string;
  readonly done: (ending: Ending) => void;
  over: boolean;
  timer: NodeJS.Timeout | undefined;
}
