import { Buffer } from 'node:buffer';
import { rm } from 'node:fs/promises';
import { type AtomicFileSystem, writeFileAtomically } from '../../lib/atomic-file.ts';
import type { Logger } from '../../lib/logger.ts';
import { isSystemError } from '../../lib/system-error.ts';
import { encodeRegistration, type Registration } from '../../registration.ts';
import type { FilePlace } from './place.ts';
import { type Registry, RegistryError } from './registry.ts';

export interface FileRegistryOptions {
  readonly place: FilePlace;
  readonly logger: Logger;
  /** A test injects a disk that fails. */
  readonly fs?: AtomicFileSystem;
}

/**
 * A file that holds the registration while the instance is up, and is not there otherwise. What
 * others do to it is seen when the reporter looks again.
 */
export function openFileRegistry(options: FileRegistryOptions): Registry {
  return new FileRegistry(options);
}

class FileRegistry implements Registry {
  /** The next attempt tells more than anything that could be known before. */
  readonly usable = true;
  readonly #options: FileRegistryOptions;
  /** What the file holds by our own doing. */
  #written: Buffer | undefined;

  constructor(options: FileRegistryOptions) {
    this.#options = options;
  }

  get path(): string | undefined {
    return this.#written && this.#options.place.path;
  }

  async prepare(): Promise<void> {
    // There is nothing that would make the first registration quicker.
  }

  async register(registration: Registration): Promise<void> {
    const { place, logger, fs } = this.#options;
    const { path } = place;
    const content = Buffer.concat([encodeRegistration(registration), Buffer.from('\n')]);
    const before = this.#written;
    const outcome = await this.#attempt('write', () =>
      writeFileAtomically(path, content, fs && { fs }),
    );
    this.#written = content;
    if (outcome === 'unchanged') return;
    if (before?.equals(content)) logger.warn('registration-repaired', { path });
    else logger.info('registered', { path });
  }

  async deregister(): Promise<void> {
    const { place, logger } = this.#options;
    await this.#attempt('remove', () => rm(place.path, { force: true }));
    if (this.#written !== undefined) logger.info('deregistered', { path: place.path });
    this.#written = undefined;
  }

  close(): void {
    // Holds nothing.
  }

  async #attempt<T>(verb: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error) || !isSystemError(error)) throw error;
      const { path } = this.#options.place;
      throw new RegistryError(`cannot ${verb} ${path}: ${error.message}`, { cause: error });
    }
  }
}
