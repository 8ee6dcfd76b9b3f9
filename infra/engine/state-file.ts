import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { absentFile } from './absent-file.ts';
import { Crypter } from './secrets.ts';
import { emptyState, type State } from './state.ts';
import { StateCodec, stateFileSchema } from './state-codec.ts';

/** The state of one stack on disk: mode 0600, always whole, saved after each step. */
export class StateFile {
  readonly #path: string | undefined;
  readonly #codec: StateCodec;
  #current: State;
  #saving: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;

  private constructor(path: string | undefined, codec: StateCodec, state: State) {
    this.#path = path;
    this.#codec = codec;
    this.#current = state;
  }

  /**
   * Reads the file, or starts empty. With `readOnly`, changes stay in memory.
   * Throws where it cannot be read or decrypted.
   */
  static async load(
    path: string,
    passphrase: string,
    { readOnly = false }: { readonly readOnly?: boolean } = {},
  ): Promise<StateFile> {
    const text = await readFile(path, 'utf8').catch(absentFile);
    const target = readOnly ? undefined : path;
    if (text === undefined) {
      return new StateFile(target, new StateCodec(Crypter.create(passphrase)), emptyState);
    }
    try {
      const file = stateFileSchema.parse(JSON.parse(text));
      const codec = new StateCodec(Crypter.open(passphrase, file.salt));
      return new StateFile(target, codec, codec.decode(file));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`cannot read the state file ${path}: ${reason}`, { cause });
    }
  }

  get state(): State {
    return this.#current;
  }

  /** Takes the change at once; resolves when a file that has it is safe on disk. */
  change(next: (state: State) => State): Promise<void> {
    this.#current = next(this.#current);
    // Changes that come while a save is under way share the following one.
    this.#queued ??= this.#saving.then(() => {
      this.#queued = undefined;
      this.#saving = this.#path === undefined ? Promise.resolve() : this.#save(this.#path);
      return this.#saving;
    });
    return this.#queued;
  }

  async #save(path: string): Promise<void> {
    const temporary = `${path}.new`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(this.#codec.encode(this.#current));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
