import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { RunCommand } from '../../lib/run-command.ts';
import type { ChangeLog } from '../changes.ts';
import type { HostResolver } from '../resolve-hosts.ts';

/** What every generator works with. */
export interface GeneratorEnvironment {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly runCommand: RunCommand;
  readonly resolver: HostResolver;
  readonly changes: ChangeLog;
}
