import type { Scope } from '../scope.ts';

export interface PassResult {
  /** Look again by then; 0: not all is done; `undefined`: time alone will bring nothing to do. */
  readonly againInMs: number | undefined;
  /** The process changed, and the file has to follow. */
  readonly fileIsBehind: boolean;
}

export const idle: PassResult = { againInMs: undefined, fileIsBehind: false };

export interface ScopedResult extends PassResult {
  /** What was looked at: at least what was asked for. */
  readonly scope: Scope;
}
