/**
 * A file for another program: new text waits in a candidate, is checked, takes the old one's
 * place (laws 5 and 7), and the program is told of it, no more often than it may be.
 *
 *   text ─► equal to what is there? ─► candidate ─► check ─► rename ─► apply, paced ─► note
 */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { writeFileAtomically } from '../../lib/atomic-file.ts';
import type { Clock } from '../../lib/clock.ts';
import type { RunCommand } from '../../lib/run-command.ts';
import { createReloadPacer, type ReloadPacer } from '../haproxy/reload-pacer.ts';
import { type Applied, readApplied, writeApplied } from './applied.ts';
import { type PlannedCheck, planCheck } from './check-command.ts';
import { type GeneratedService, GeneratorError } from './generator.ts';

export interface PublishedFileOptions {
  readonly path: string;
  readonly candidatePath: string;
  /** Permission bits. */
  readonly mode: number;
  /** Shell commands; `undefined` where there is none. */
  readonly check: string | undefined;
  readonly apply: string | undefined;
  readonly restart_interval: number;
  readonly restart_jitter: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly runCommand: RunCommand;
}

export type PublishedOutcome =
  | { readonly kind: 'current' | 'applied' }
  /** In place; the program may be told of it in so many milliseconds. */
  | { readonly kind: 'paced'; readonly waitMs: number };

const commandDeadlineMs = 30_000;
const maxQuotedLines = 10;

export class PublishedFile {
  readonly #options: PublishedFileOptions;
  readonly #pacer: ReloadPacer;
  #applied: Applied | undefined;
  /** Of the text that the check took last. */
  #checked: string | undefined;

  constructor(options: PublishedFileOptions) {
    this.#options = options;
    const { clock, random, restart_interval, restart_jitter: jitter } = options;
    const intervalMs = restart_interval * 1_000;
    this.#pacer = createReloadPacer({ clock, random, intervalMs, jitter });
  }

  /**
   * Services whose instances the file has and nobody knows at present: new text would take them
   * away (law 2). A file of somebody else's may have any.
   */
  async held(services: readonly GeneratedService[]): Promise<readonly string[]> {
    const unknown = services.filter(({ isKnown }) => !isKnown).map(({ name }) => name);
    const applied = await this.#lastApplied();
    if (applied !== undefined) return unknown.filter((name) => applied.services.includes(name));
    return (await this.#read()) === undefined ? [] : unknown;
  }

  /**
   * Rejects with a `GeneratorError` where a command says no: with the old text in place when the
   * check did, with the new one, to be applied by a later call, when the apply command did.
   * Each call awaits `ready`, once the text is in place.
   */
  async publish(
    text: string,
    services: readonly GeneratedService[],
    ready: () => Promise<void> = () => Promise.resolve(),
  ): Promise<PublishedOutcome> {
    const sha256 = createHash('sha256').update(text).digest('hex');
    const before = await this.#lastApplied();
    await this.#put(text, sha256, before?.sha256);
    await ready();
    if (before?.sha256 === sha256) return { kind: 'current' };
    const waitMs = this.#pacer.waitMs();
    if (this.#options.apply !== undefined && waitMs > 0) return { kind: 'paced', waitMs };
    await this.#apply();
    const served = services.filter(({ instances }) => instances.length > 0);
    this.#applied = { sha256, services: served.map(({ name }) => name).sort() };
    await writeApplied(this.#options.path, this.#applied);
    return { kind: 'applied' };
  }

  /** What is in place without having been applied may be there by a kill, before its check. */
  async #put(text: string, sha256: string, applied: string | undefined): Promise<void> {
    const { path, candidatePath, mode, check } = this.#options;
    const before = await this.#read();
    if (before === text && [this.#checked, applied].includes(sha256)) return;
    const planned = check === undefined ? undefined : planCheck(check, path, candidatePath);
    if (planned?.seesCandidate) {
      await writeFileAtomically(candidatePath, text, { mode });
      // What was refused stays, for whoever wants to see the line that the check names.
      await this.#run('the check', planned.command);
      await rm(candidatePath, { force: true });
    }
    await writeFileAtomically(path, text, { mode });
    if (planned !== undefined && !planned.seesCandidate) await this.#checkInPlace(planned, before);
    this.#checked = sha256;
  }

  async #checkInPlace({ command }: PlannedCheck, before: string | undefined): Promise<void> {
    const { path, mode } = this.#options;
    await this.#run('the check', command).catch(async (error: unknown) => {
      if (before === undefined) await rm(path, { force: true });
      else await writeFileAtomically(path, before, { mode });
      throw error;
    });
  }

  async #apply(): Promise<void> {
    const { apply } = this.#options;
    if (apply === undefined) return;
    // One that fails is paced as well.
    this.#pacer.reloaded();
    await this.#run('the command that applies it', apply);
  }

  async #run(what: string, command: string): Promise<void> {
    const { runCommand } = this.#options;
    const { exitCode, output } = await runCommand('/bin/sh', ['-c', command], commandDeadlineMs);
    if (exitCode === 0) return;
    const shown = output.trim().split('\n').slice(0, maxQuotedLines).join('\n');
    const end = exitCode === undefined ? 'did not end' : `failed with exit code ${exitCode}`;
    throw new GeneratorError(`${what} ${end}: ${shown}`);
  }

  #read(): Promise<string | undefined> {
    return readFile(this.#options.path, 'utf8').catch(() => undefined);
  }

  async #lastApplied(): Promise<Applied | undefined> {
    this.#applied ??= await readApplied(this.#options.path);
    return this.#applied;
  }
}
