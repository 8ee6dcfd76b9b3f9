import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';

/**
 * Pulumi's passphrase encryption, so that `Pulumi.<stack>.yaml` written by its CLI can be read:
 * AES-256-GCM, key by PBKDF2-SHA256 with 1,000,000 rounds; a text is `v1:<nonce>:<ciphertext>`.
 * Source: sdk/go/common/resource/config/crypt.go.
 */
export class Crypter {
  /** `v1:<salt>:<encrypted test word>`, to be kept beside what is encrypted. */
  readonly salt: string;
  readonly #key: Buffer;

  private constructor(salt: string, key: Buffer) {
    this.salt = salt;
    this.#key = key;
  }

  static create(passphrase: string): Crypter {
    const salt = randomBytes(8);
    const key = derive(passphrase, salt);
    return new Crypter(`v1:${salt.toString('base64')}:${seal(key, testWord)}`, key);
  }

  /** Throws when the passphrase is not the one that `salt` was made with. */
  static open(passphrase: string, salt: string): Crypter {
    const [version, bytes = '', ...test] = salt.split(':');
    if (version !== 'v1') throw new Error(`unknown form of encryption salt: ${version}`);
    const key = derive(passphrase, Buffer.from(bytes, 'base64'));
    try {
      unseal(key, test.join(':'));
    } catch (cause) {
      throw new Error('the passphrase is not the one that the secrets were encrypted with', {
        cause,
      });
    }
    return new Crypter(salt, key);
  }

  encrypt(text: string): string {
    return seal(this.#key, text);
  }

  decrypt(text: string): string {
    return unseal(this.#key, text);
  }
}

const testWord = 'pulumi';
const tagBytes = 16;

function derive(passphrase: string, salt: Buffer): Buffer {
  return pbkdf2Sync(passphrase, salt, 1_000_000, 32, 'sha256');
}

function seal(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString('base64')}:${body.toString('base64')}`;
}

function unseal(key: Buffer, text: string): string {
  const [version, nonce = '', body = ''] = text.split(':');
  if (version !== 'v1') throw new Error(`unknown form of ciphertext: ${version}`);
  const bytes = Buffer.from(body, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  return Buffer.concat([
    decipher.update(bytes.subarray(0, -tagBytes)),
    decipher.final(),
  ]).toString();
}
