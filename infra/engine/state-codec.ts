import { z } from 'zod';
import type { Crypter } from './secrets.ts';
import type { Entry, State } from './state.ts';
import {
  isMap,
  isSecret,
  secret,
  secretSignature,
  signatureKey,
  toValueMap,
  transform,
  type Value,
  type ValueMap,
} from './values.ts';

const values = z.record(z.string(), z.json());
const urns = z.array(z.string());

const entrySchema = z.object({
  urn: z.string(),
  type: z.string(),
  name: z.string(),
  id: z.string(),
  inputs: values,
  outputs: values,
  dependencies: urns,
  options: z.object({
    protect: z.boolean(),
    retainOnDelete: z.boolean(),
    deleteBeforeReplace: z.boolean(),
    ignoreChanges: z.array(z.string()),
    replaceOnChanges: z.array(z.string()),
    additionalSecretOutputs: z.array(z.string()),
    deletedWith: z.string().optional(),
  }),
  pending: z.enum(['create', 'update']).optional(),
  obsolete: z.boolean(),
});

/** The state file's form; `salt` belongs to the secrets inside. */
export const stateFileSchema = z.object({
  version: z.literal(1),
  salt: z.string(),
  outputs: values,
  entries: z.array(entrySchema),
});

export type StateFile = z.infer<typeof stateFileSchema>;

/** Secrets stand encrypted in the file, in Pulumi's own form: `{<signature>, ciphertext}`. */
export class StateCodec {
  readonly #crypter: Crypter;
  // Encrypting anew at each save would change, and cost, everything each time.
  readonly #encoded = new WeakMap<Entry, object>();

  constructor(crypter: Crypter) {
    this.#crypter = crypter;
  }

  encode(state: State): string {
    const entries = state.entries.map((entry) => this.#encodedEntry(entry));
    const file = {
      version: 1,
      salt: this.#crypter.salt,
      outputs: this.#seal(state.outputs),
      entries,
    };
    return `${JSON.stringify(file, undefined, 1)}\n`;
  }

  decode(file: StateFile): State {
    const entries = file.entries.map((entry): Entry => {
      const { deletedWith } = entry.options;
      return {
        ...entry,
        pending: entry.pending,
        options: { ...entry.options, deletedWith },
        inputs: this.#unseal(toValueMap(entry.inputs)),
        outputs: this.#unseal(toValueMap(entry.outputs)),
      };
    });
    return { entries, outputs: this.#unseal(toValueMap(file.outputs)) };
  }

  #encodedEntry(entry: Entry): object {
    const known = this.#encoded.get(entry);
    if (known !== undefined) return known;
    const inputs = this.#seal(entry.inputs);
    const encoded = { ...entry, inputs, outputs: this.#seal(entry.outputs) };
    this.#encoded.set(entry, encoded);
    return encoded;
  }

  #seal(map: ValueMap): ValueMap {
    return mapValues(map, (part) => {
      if (!isSecret(part)) return undefined;
      const ciphertext = this.#crypter.encrypt(JSON.stringify(part.value ?? null));
      return { [signatureKey]: secretSignature, ciphertext };
    });
  }

  #unseal(map: ValueMap): ValueMap {
    return mapValues(map, (part) => {
      if (!isSecret(part) || typeof part.ciphertext !== 'string') return undefined;
      const { value = null } = toValueMap({
        value: JSON.parse(this.#crypter.decrypt(part.ciphertext)),
      });
      return secret(value);
    });
  }
}

function mapValues(map: ValueMap, replace: (part: Value) => Value | undefined): ValueMap {
  const mapped = transform(map, replace);
  return isMap(mapped) ? mapped : {};
}
