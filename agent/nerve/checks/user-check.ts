/** For those who write a check of their own: nothing here but types. */

export interface UserCheckContext {
  readonly host: string;
  readonly port: number;
  /** Those of the configuration, as they are. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Aborted at the time-out: whatever the check has opened must be closed then. */
  readonly signal: AbortSignal;
}

/** `reason` is for people: one line that says why it failed. */
export type UserCheckResult = boolean | { readonly passed: boolean; readonly reason?: string };

/**
 * The default export of a module, or one named `check`. It runs inside nerve: it must not keep the
 * processor busy. What it throws means that it failed.
 */
export type UserCheck = (context: UserCheckContext) => UserCheckResult | Promise<UserCheckResult>;
