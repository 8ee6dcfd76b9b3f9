import type { RegistrySettings } from '../settings/parse.ts';
import type { Found } from '../watchers/watcher.ts';

/** One of several watchers of a service, as those who choose among them see it. */
export interface Child {
  readonly name: string;
  /** Whether it would see changes now. */
  readonly watching: boolean;
  /** Its last answer; `undefined` before the first. */
  readonly found: Found | undefined;
  readonly settings: RegistrySettings | undefined;
}

/** At the start nobody has answered yet: so long what was known before counts. */
export const startPatienceMs = 2_000;

/** Decides which watchers count. */
export interface Resolver {
  /** In the order of the configuration. Nobody's: `[]`, and what was known before stays. */
  choose(children: readonly Child[]): readonly Child[];
  /** Until aborted; calls back when it may choose another. */
  run(onChange: () => void, signal: AbortSignal): Promise<void>;
}
