/** What runs inside nerve, put together. */
import type { NerveConfig } from '../config/nerve.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { createTurnstile } from '../lib/turnstile.ts';
import { type CreateSession, createEnsembles, type Ensembles } from '../zookeeper/ensembles.ts';
import { createCompany } from './checking/company.ts';
import type { RunCheck } from './checks/check.ts';
import type { ServiceDefinition } from './definition.ts';
import { DynamicServices } from './lifecycle/dynamic.ts';
import type { RunHook } from './lifecycle/hook.ts';
import { Memory } from './memory.ts';
import type { NerveMetrics } from './metrics/metrics.ts';
import { reporterStarter } from './reporters/start-reporter.ts';
import { Service } from './service.ts';
import { ServiceSet } from './service-set.ts';

/** What nerve works with; a test replaces any of it. */
export interface Surroundings {
  readonly createSession: CreateSession;
  readonly runCheck: RunCheck;
  readonly runHook: RunHook;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: NerveMetrics;
}

export interface Parts {
  readonly memory: Memory;
  readonly ensembles: Ensembles;
  readonly services: ServiceSet;
  readonly dynamic: DynamicServices;
}

/** Started in one turn of the event loop: more of them would time each other out. */
const checksAtOnce = 5;

/** Reads the state file; connects to nothing yet. */
export async function createParts(
  surroundings: Surroundings,
  { state_path: path }: Pick<NerveConfig, 'state_path'>,
  onExpired: () => void,
): Promise<Parts> {
  const { createSession, clock, random, logger, metrics } = surroundings;
  const memory = await Memory.load({ path, clock, logger });
  const shared = {
    turnstile: createTurnstile(checksAtOnce),
    company: createCompany({ clock, random }),
  };
  const onChange = (): void => memory.request();
  const ensembles = createEnsembles({ create: createSession, resume: memory.sessions, onChange });
  const startService = (
    definition: ServiceDefinition,
    overrides = memory.overridesOf(definition.name),
  ): Service =>
    new Service({
      ...surroundings,
      ...shared,
      definition,
      overrides,
      hostDrained: memory.hostDrained,
      wasUp: memory.wasUp(definition),
      onChange,
      startReporter: reporterStarter({
        ensembles,
        clock,
        random,
        onResult: (result) => {
          metrics.reported(definition.name, result);
          onChange();
        },
        onWrite: metrics.wrote,
      }),
    });
  const services = new ServiceSet({ startService, clock, logger, metrics });
  const dynamic = new DynamicServices({ clock, logger, onExpired });
  dynamic.restore(memory.dynamic);
  return { memory, ensembles, services, dynamic };
}
