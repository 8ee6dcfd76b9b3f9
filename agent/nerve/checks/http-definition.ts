import type { StatusRange } from '../../config/status-range.ts';
import type { CommonCheckDefinition } from './common.ts';
import type { PhaseLimits } from './http-phases.ts';
import type { TlsDefinition } from './tls.ts';

export interface HttpCheckDefinition extends CommonCheckDefinition, PhaseLimits {
  readonly type: 'http';
  readonly method: string;
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly statuses: readonly StatusRange[];
  /** Text that the body must contain. */
  readonly expect: string | undefined;
  /** `undefined` for plain HTTP. */
  readonly tls: TlsDefinition | undefined;
}
