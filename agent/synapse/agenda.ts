/** What the next pass is about, and when: what was asked for, what is unfinished, all now and then. */
import { covers, nothing, type Scope, union } from './scope.ts';

/** A full look at HAProxy even when nothing is known to have happened. */
const resyncMs = 20_000;

/** Times are those of one monotonic clock, in milliseconds. */
export class Agenda {
  #asked: Scope = nothing;
  #unfinished: { readonly scope: Scope; readonly atMs: number } | undefined;
  #resyncAtMs = Number.NEGATIVE_INFINITY;

  ask(scope: Scope): void {
    this.#asked = union(this.#asked, scope);
  }

  /** How long nothing is due unless it is asked for. */
  idleMs(nowMs: number): number {
    const atMs = Math.min(this.#resyncAtMs, this.#unfinished?.atMs ?? Number.POSITIVE_INFINITY);
    return Math.max(0, atMs - nowMs);
  }

  /** What is due; it counts as done from here on. */
  take(nowMs: number): Scope {
    const unfinished = this.#unfinished;
    const isDue = unfinished !== undefined && unfinished.atMs <= nowMs;
    const wanted = isDue ? union(this.#asked, unfinished.scope) : this.#asked;
    const scope = this.#resyncAtMs <= nowMs ? 'all' : wanted;
    this.#asked = nothing;
    if (scope === 'all') this.#resyncAtMs = nowMs + resyncMs;
    // Whoever looks there again tells anew.
    if (unfinished !== undefined && covers(scope, unfinished.scope)) this.#unfinished = undefined;
    return scope;
  }

  /** A look at `scope` is to follow. */
  again(scope: Scope, atMs: number): void {
    const { scope: before, atMs: beforeMs } = this.#unfinished ?? { scope, atMs };
    this.#unfinished = { scope: union(before, scope), atMs: Math.min(beforeMs, atMs) };
  }
}
