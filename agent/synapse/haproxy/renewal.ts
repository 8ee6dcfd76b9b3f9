/** A new worker for new text: the file, checked ─► reload ─► the new worker's word. */
import type { Logger } from '../../lib/logger.ts';
import { isSystemError } from '../../lib/system-error.ts';
import type { ChangeLog } from '../changes.ts';
import type { FileKeeper, HeldFiles, PublishOutcome } from './file-keeper.ts';
import type { Observation } from './observe.ts';
import type { Desired } from './plan.ts';
import type { Reloader } from './reload.ts';
import type { ReloadPacer } from './reload-pacer.ts';
import type { RunningState } from './running-state.ts';
import type { Sections } from './sections.ts';
import { newcomersIn } from './server-state-text.ts';

export interface RenewalOptions {
  readonly files: FileKeeper;
  readonly reloader: Reloader;
  readonly pacer: ReloadPacer;
  readonly sections: Sections;
  readonly state: RunningState;
  readonly changes: ChangeLog;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export type RenewalOutcome =
  /** A new worker runs the desired text. */
  | 'done'
  /** Try without some instances. */
  | 'blamed'
  /** The old worker goes on with the old text. */
  | 'not-now';

export async function renew(
  options: RenewalOptions,
  desired: Desired,
  seen: Observation,
  reasons: readonly string[],
): Promise<RenewalOutcome> {
  const { files, pacer, sections } = options;
  if (pacer.waitMs() > 0) return 'not-now';
  return await files.exclusively(async (held) => {
    const before = await held.read();
    const published = await tryToPublish(options, held, desired);
    if (published === 'blamed') return 'blamed';
    if (published === 'refused') {
      pacer.failed();
      return 'not-now';
    }
    await held.saveServerStates(sections, seen.serversState, newcomersIn(desired));
    if (await reload(options, desired, seen, reasons)) return 'done';
    pacer.failed();
    if (before !== undefined) await held.putBack(before);
    // A master whose reload failed waits for a good one, with the old worker serving.
    await options.reloader.reload(undefined, seen.process.fingerprint ?? '', options.signal);
    return 'not-now';
  });
}

/** The text and the servers' states, for whoever reloads HAProxy in synapse's place. */
export async function prepare(
  options: Pick<RenewalOptions, 'files' | 'sections' | 'logger'>,
  desired: Desired,
  seen: Observation,
): Promise<Exclude<RenewalOutcome, 'done'>> {
  const { files, sections } = options;
  return await files.exclusively(async (held) => {
    const published = await tryToPublish(options, held, desired);
    if (published === 'blamed') return 'blamed';
    if (published === 'written') {
      await held.saveServerStates(sections, seen.serversState, newcomersIn(desired));
    }
    return 'not-now';
  });
}

/** A full disk stops reloads, and nothing that goes over the runtime socket. */
async function tryToPublish(
  { sections, logger }: Pick<RenewalOptions, 'sections' | 'logger'>,
  held: HeldFiles,
  { servers }: Desired,
): Promise<PublishOutcome> {
  try {
    return await held.publish(sections, servers);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    logger.error('file-write-failed', { error });
    return 'refused';
  }
}

async function reload(
  options: RenewalOptions,
  desired: Desired,
  seen: Observation,
  reasons: readonly string[],
): Promise<boolean> {
  const { reloader, sections, state, signal, logger } = options;
  const result = await reloader.reload(seen.process, sections.fingerprint, signal);
  if (!result.ok) {
    logger.error('reload-failed', { reasons, reason: result.reason });
    return false;
  }
  state.process = result.process;
  state.replaceAll(desired);
  noteReload(options, reasons);
  return true;
}

export function noteReload(
  { pacer, state, changes }: Pick<RenewalOptions, 'pacer' | 'state' | 'changes'>,
  reasons: readonly string[],
): void {
  pacer.reloaded();
  state.reloads += 1;
  changes.record('proxy-reloaded', { reasons, pid: state.process?.pid });
}
