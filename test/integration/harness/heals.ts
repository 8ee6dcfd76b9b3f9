/** What is broken and has to be healed: each once, the last first, however the drill ends. */
export class Heals {
  readonly #open = new Map<symbol, () => Promise<void>>();

  /** Resolves when it is healed; the second time at once. */
  add(heal: () => Promise<void>): () => Promise<void> {
    const key = Symbol('broken');
    this.#open.set(key, heal);
    return async () => {
      if (!this.#open.has(key)) return;
      await heal();
      this.#open.delete(key);
    };
  }

  /** Tries all; throws what could not be healed. Those stay, to be tried again. */
  async all(): Promise<void> {
    const failures: unknown[] = [];
    for (const [key, heal] of [...this.#open].reverse()) {
      await heal().then(
        () => this.#open.delete(key),
        (error: unknown) => failures.push(error),
      );
    }
    if (failures.length > 0) throw new AggregateError(failures, 'could not heal everything');
  }
}
