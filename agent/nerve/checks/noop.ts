import type { CommonCheckDefinition } from './common.ts';

/** Passes while nerve runs. */
export interface NoopCheckDefinition extends CommonCheckDefinition {
  readonly type: 'noop';
}
