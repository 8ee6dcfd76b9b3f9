import { Limiter } from '../ssh/limiter.ts';
import { type Goal, hostOf } from './goal.ts';

const localAtOnce = 8;
// OpenSSH allows ten sessions on a connection; four keep a small host responsive.
const perHostAtOnce = 4;

/** How many steps run at once: on this machine, and on each host. */
export class StepLimits {
  readonly #local = new Limiter(localAtOnce);
  readonly #hosts = new Map<string, Limiter>();

  of({ type, name }: Goal): Limiter {
    if (type.startsWith('command:local:')) return this.#local;
    const host = hostOf(name);
    const limiter = this.#hosts.get(host) ?? new Limiter(perHostAtOnce);
    this.#hosts.set(host, limiter);
    return limiter;
  }
}
