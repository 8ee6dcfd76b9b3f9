import type { CommonCheckDefinition } from './common.ts';
import type { PasswordDefinition } from './password.ts';
import type { TlsDefinition } from './tls.ts';

/** For either driver; a driver is a module of its own, so that nobody loads the other. */
export interface SqlCheckDefinition extends CommonCheckDefinition {
  readonly type: 'sql';
  readonly driver: 'postgresql' | 'mysql';
  readonly username: string;
  readonly password: PasswordDefinition | undefined;
  readonly database: string | undefined;
  readonly query: string;
  readonly tls: TlsDefinition | undefined;
}
