/**
 * A row of `show servers state`: cells with single spaces between them. There may be tens of
 * thousands of rows with two dozen cells each, of which only those that are asked for are cut out.
 */
export class StateRow {
  readonly #starts: number[] = [0];
  #count = 0;
  #text = '';

  /** From now on it is this one. */
  become(text: string): void {
    this.#text = text;
    this.#count = 1;
    for (let space = text.indexOf(' '); space >= 0; space = text.indexOf(' ', space + 1)) {
      this.#starts[this.#count] = space + 1;
      this.#count += 1;
    }
    this.#starts[this.#count] = text.length + 1;
  }

  /** Empty where there is none. */
  cell(index: number): string {
    if (index < 0 || index >= this.#count) return '';
    return this.#text.slice(this.#startOf(index), this.#startOf(index + 1) - 1);
  }

  /** Its text, with another content of some cells; those that it does not have stay away. */
  with(cells: ReadonlyMap<number, string>): string {
    const known = [...cells].filter(([index]) => index >= 0 && index < this.#count);
    let text = '';
    let end = 0;
    for (const [index, content] of known.sort(([a], [b]) => a - b)) {
      text += this.#text.slice(end, this.#startOf(index)) + content;
      end = this.#startOf(index + 1) - 1;
    }
    return text + this.#text.slice(end);
  }

  #startOf(index: number): number {
    return this.#starts[index] ?? 0;
  }
}
