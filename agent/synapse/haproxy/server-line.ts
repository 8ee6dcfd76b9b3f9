/** One `server` of one backend, as text for the file and as words for the runtime socket. */
import { createHash } from 'node:crypto';
import { type Instance, serverName } from '../instance.ts';
import type { BackendSettings } from './sections.ts';
import {
  checkRegistryOptions,
  fillTemplate,
  makesKeyword,
  verifiesServer,
  withoutOption,
} from './server-options.ts';

export interface ServerLine {
  readonly name: string;
  /** `10.0.0.1:80` or `[::1]:80`. */
  readonly address: string;
  /** What follows the address; first an `id` that synapse gave. */
  readonly words: readonly string[];
  /** Nobody vouches for it: it takes traffic once HAProxy's own check has passed. */
  readonly checkFirst?: true;
}

export type BuiltLine =
  | { readonly ok: true; readonly line: ServerLine }
  | { readonly ok: false; readonly reason: string };

const legalName = /^[A-Za-z0-9_.:-]{1,255}$/;

/**
 * Without an `id`, save one that its options name. `address` is the instance's host as an IP address.
 * Refuses whatever could not stand in a file (law 6).
 */
export function buildServerLine(
  settings: BackendSettings,
  instance: Instance,
  address: string,
): BuiltLine {
  const name = serverName(instance);
  if (!legalName.test(name)) return { ok: false, reason: 'illegal server name' };
  const { host, port, serverOptions } = instance;
  const fill = (text: string): string =>
    text.includes('%') ? fillTemplate(text, { host, port: String(port), name }) : text;
  const own = serverOptions === undefined ? noWords : checkRegistryOptions(fill(serverOptions));
  if (!own.ok) return own;
  if (own.words.includes('verify') && verifiesServer(settings.serverWords)) {
    return {
      ok: false,
      reason: 'haproxy_server_options: verify is for the file alone to say here',
    };
  }
  // None of what is filled in has spaces.
  const common = settings.serverWords.map(fill);
  if (makesKeyword(settings.serverWords, common)) {
    return { ok: false, reason: 'its host is a keyword, and server_options give it as a value' };
  }
  const words = cookieWords(settings, name).concat(common, own.words);
  const line = {
    name,
    address: formatAddress(address, port),
    words: withNerveWeight(settings, instance, words),
  };
  return { ok: true, line: instance.unvouched === true ? { ...line, checkFirst: true } : line };
}

const none: readonly string[] = [];
const noWords = { ok: true, words: none } as const;

export function formatServerLine({ name, address, words }: ServerLine): string {
  return `server ${[name, address].concat(words).join(' ')}`;
}

export function formatAddress(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `undefined` where the line leaves it to HAProxy, which then takes 1. */
export function weightOf({ words }: ServerLine): number | undefined {
  const index = words.lastIndexOf('weight');
  return index < 0 ? undefined : Number(words[index + 1]);
}

export function idOf({ words }: ServerLine): number | undefined {
  const index = words.lastIndexOf('id');
  return index < 0 ? undefined : Number(words[index + 1]);
}

/** The same server without new requests; those on it end in peace, sessions stick to it. */
export function drained(line: ServerLine): ServerLine {
  return weighted(line, 0);
}

/** From 0 to 256. */
export function weighted({ words, ...line }: ServerLine, weight: number): ServerLine {
  return { ...line, words: withWeight(words, weight) };
}

function withWeight(words: readonly string[], weight: number): readonly string[] {
  return withoutOption(words, 'weight').concat('weight', String(weight));
}

/** The same server under another id; one without keeps none. */
export function identified(line: ServerLine, id: number): ServerLine {
  if (idOf(line) === undefined) return line;
  const at = line.words.lastIndexOf('id') + 1;
  return { ...line, words: line.words.with(at, String(id)) };
}

/** Whether only what the runtime socket can change of a server differs: weight and address. */
export function sameOptions(a: ServerLine, b: ServerLine): boolean {
  const [left, right] = [a, b].map(({ words }) => withoutOption(words, 'weight').join(' '));
  return left === right;
}

/**
 * The nerve weight replaces any other, as the original documents. That of a draining instance is
 * none: it says the same as the draining, for consumers that know only weights.
 */
function withNerveWeight(
  { useNerveWeights }: BackendSettings,
  { weight, draining }: Instance,
  words: readonly string[],
): readonly string[] {
  if (!useNerveWeights || weight === undefined || draining === true) return words;
  return withWeight(words, weight);
}

function cookieWords({ cookie }: BackendSettings, name: string): readonly string[] {
  if (cookie === 'none') return none;
  const value = cookie === 'hash' ? createHash('sha1').update(name).digest('hex') : name;
  return ['cookie', value];
}
