/** Instances that were left out when their service was looked at last, and why. */
import type { Logger } from '../../lib/logger.ts';
import type { Rejected } from './build-servers.ts';
import type { Sections } from './sections.ts';

export class Rejections {
  readonly #logger: Logger;
  #all: readonly Rejected[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get all(): readonly Rejected[] {
    return this.#all;
  }

  /** After a look at all or some of the services; tells what is new. */
  replace({ backends }: Pick<Sections, 'backends'>, rejected: readonly Rejected[]): void {
    if (rejected.length === 0 && this.#all.length === 0) return;
    const known = new Set(this.#all.map((one) => JSON.stringify(one)));
    const looked = new Set(backends.map(({ service }) => service));
    this.#all = [...this.#all.filter(({ service }) => !looked.has(service)), ...rejected];
    for (const one of rejected) {
      if (!known.has(JSON.stringify(one))) this.#logger.warn('registration-rejected', { ...one });
    }
  }
}
