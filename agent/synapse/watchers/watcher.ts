import type { DepartedInstance } from '../departures.ts';
import type { Instance } from '../instance.ts';

/** Learns of a service's instances, and tells of every change. */
export interface Watcher {
  /** Until aborted. Rejects on a fault of ours only: an unreachable source is waited for. */
  run(signal: AbortSignal): Promise<void>;
  readonly status: WatcherStatus;
}

export interface WatcherStatus {
  readonly method: string;
  /** Whether changes would be seen now; what is known stays in any case (law 2). */
  readonly watching: boolean;
  /** Since the start; for whoever suspects too many reads. */
  readonly listings: number;
  readonly reads: number;
}

/** A complete answer of the source. An empty list is one; an unreachable source gives none. */
export interface Found {
  readonly instances: readonly Instance[];
  readonly rejected: readonly RejectedRegistration[];
  /** Of the instances that are missing, those that said that they leave. */
  readonly departed: readonly DepartedInstance[];
  /** Another source was chosen than that of the answer before: whom it does not have is not lost. */
  readonly switched?: true;
}

export interface RejectedRegistration {
  /** The source's name of it, safe to print. */
  readonly node: string;
  readonly reason: string;
}

/** Between a watcher and what is known of its service. */
export interface WatcherLink {
  readonly onFound: (found: Found) => void;
  /** The instances that should be there still: of those that are missing it asks why. */
  readonly expected: () => readonly Instance[];
}
