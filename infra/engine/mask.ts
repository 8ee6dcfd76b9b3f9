import { eachSecret, isMap, type Value, type ValueMap } from './values.ts';

/**
 * Hides secret texts in whatever is printed.
 *
 * Very short secrets are left alone: hiding each `a` would hide everything else, too.
 */
export class Mask {
  readonly #texts = new Set<string>();

  /** Learns every text that is marked secret in these properties. */
  learn(properties: ValueMap): void {
    for (const [key, value] of Object.entries(properties)) {
      // The provider marks all of `connection`; its host and user are no secrets.
      const learn = key === 'connection' ? this.#learnConnection : this.#learnAll;
      eachSecret(value, (part) => learn(part));
    }
  }

  apply(text: string): string {
    let masked = text;
    for (const known of this.#texts) masked = masked.replaceAll(known, '[secret]');
    return masked;
  }

  readonly #learnConnection = (value: Value): void => {
    if (!isMap(value)) return;
    const { privateKey = null, privateKeyPassword = null, password = null, proxy = null } = value;
    for (const part of [privateKey, privateKeyPassword, password]) this.#learnAll(part);
    this.#learnConnection(proxy);
  };

  readonly #learnAll = (value: Value): void => {
    if (typeof value === 'string') this.#learnText(value);
    else if (isMap(value) || Array.isArray(value)) Object.values(value).forEach(this.#learnAll);
  };

  // Output comes line by line, so each line of a longer secret counts by itself.
  #learnText(text: string): void {
    const shortest = text.trim().includes('\n') ? 12 : 4;
    for (const line of text.split('\n').map((part) => part.trim())) {
      if (line.length >= shortest) this.#texts.add(line);
    }
  }
}
