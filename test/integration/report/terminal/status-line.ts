/** Twice a second: the figure in it moves. */
const redrawMs = 500;
/** A log is told now and then that something still goes on. */
const remindMs = 30_000;

/**
 * The last line on the terminal, which says what goes on; lines that stay are printed above it. In
 * a log, which cannot be drawn over, it appears only when something takes long.
 */
export class StatusLine {
  readonly #write: (text: string) => void;
  readonly #live: boolean;
  #text: (() => string) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (text: string) => void, live: boolean) {
    this.#write = write;
    this.#live = live;
  }

  /** Prints a line that stays. */
  print(line: string): void {
    this.#write(`${this.#erased()}${line}\n`);
    this.#draw();
  }

  /** Shows what `text` gives from now on, asked again and again. */
  show(text: () => string): void {
    clearInterval(this.#timer);
    this.#text = text;
    this.#draw();
    const again = this.#live ? () => this.#draw() : () => this.#write(`${text()}\n`);
    this.#timer = setInterval(again, this.#live ? redrawMs : remindMs).unref();
  }

  clear(): void {
    clearInterval(this.#timer);
    this.#write(this.#erased());
    this.#text = undefined;
  }

  #draw(): void {
    if (this.#live && this.#text !== undefined) this.#write(`${this.#erased()}${this.#text()}`);
  }

  #erased(): string {
    return this.#live && this.#text !== undefined ? '\r\u001b[K' : '';
  }
}
