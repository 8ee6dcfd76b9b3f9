import { Buffer } from 'node:buffer';
import { isIP } from 'node:net';
import { isMap } from './lib/is-map.ts';
import type { Writable } from './lib/writable.ts';

/**
 * One instance of a service as it stands in ZooKeeper: the contract between nerve and synapse.
 * Field names and the child names below are those of airbnb/nerve (`lib/nerve/reporter/base.rb`,
 * `lib/nerve/reporter/zookeeper.rb`), so that both can live in one fleet.
 */
export interface Registration {
  /** IP address or host name under which clients reach the instance. */
  readonly host: string;
  readonly port: number;
  /** The instance id of the nerve that wrote it. */
  readonly name: string;
  /** Relative share of traffic, 0–256. */
  readonly weight?: number;
  /** Extra words for HAProxy's `server` line; synapse allow-lists them. */
  readonly haproxy_server_options?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Ours: no new traffic, please; goes with weight 0, which the originals understand. */
  readonly draining?: boolean;
  /** Ours: seconds since the epoch at which the instance is announced to leave. */
  readonly downtime_at?: number;
}

export type ParsedRegistration =
  | { readonly ok: true; readonly registration: Registration }
  | { readonly ok: false; readonly reason: string };

export type ParsedChild =
  /** The data must be read from the node. `sequence` is missing for non-sequential node types. */
  | {
      readonly kind: 'plain';
      readonly instanceId: string;
      readonly sequence: number | undefined;
    }
  /** The name itself carries the data: nothing needs to be read. */
  | {
      readonly kind: 'encoded';
      readonly registration: Registration;
      readonly sequence: number | undefined;
    }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Longer encodings fall back to a plain name, as in the original (ZOOKEEPER-272). */
export const maxEncodedLength = 65_536;
const maxDataBytes = 65_536;
const maxNameLength = 255;
const maxOptionsLength = 1_024;
const maxLabels = 64;
const maxLabelLength = 1_024;
export const maxWeight = 256;
/** The year 9999. */
const maxSeconds = 253_402_300_799;

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/;
/** Whatever a registrar calls its nodes, as long as it prints: nothing but the node is named so. */
const childPattern = /^(?!\.{1,2}$)[\x21-\x2e\x30-\x7e]+$/;
const hostPattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9.])?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is for
const controlPattern = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const sequencePattern = /^(.+)_(-?\d{9,10})?$/;
const encodedPattern = /^base64_(\d{1,6})_([A-Za-z0-9_=-]+)$/;
const encodedTailPattern = /^_(-?\d{9,10})?$/;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A name that is legal as znode child and as part of a HAProxy server name. */
export function isInstanceName(name: string): boolean {
  return name.length <= maxNameLength && namePattern.test(name);
}

/** An IP address or something that can be a host name. */
export function isHost(host: string): boolean {
  return isAddress(host) || hostPattern.test(host);
}

/** Without a zone, as in `fe80::1%eth0`: it means nothing on another host, and may be any text. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}

export function hasControlCharacters(text: string): boolean {
  return controlPattern.test(text);
}

/** What the node of `registration` is called, short of the sequence that ZooKeeper appends. */
export function childPrefix(registration: Registration, usePathEncoding: boolean): string {
  if (usePathEncoding) {
    const encoded = urlSafeBase64(encodeRegistration(registration));
    if (encoded.length <= maxEncodedLength) return `base64_${encoded.length}_${encoded}_`;
  }
  return `${registration.name}_`;
}

/** The node's data. The same registration always gives the same bytes. */
export function encodeRegistration(registration: Registration): Buffer {
  const { host, port, name, weight, haproxy_server_options, labels } = registration;
  const { draining, downtime_at } = registration;
  return Buffer.from(
    JSON.stringify({
      host,
      port,
      name,
      weight,
      haproxy_server_options,
      labels: labels === undefined ? undefined : sortedByKey(labels),
      draining,
      downtime_at,
    }),
  );
}

/** Untrusted input (law 6): a reason names the fault and never quotes the value. */
export function parseRegistration(data: Buffer): ParsedRegistration {
  if (data.length > maxDataBytes) return invalid(`more than ${maxDataBytes} bytes of data`);
  const value = parseJson(data);
  if (value === undefined) return invalid('the data is not JSON');
  return checkRegistration(value);
}

/** The same for what came another way than as a node's data. */
export function checkRegistration(value: unknown): ParsedRegistration {
  return isMap(value) ? validate(value) : invalid('the data is not a JSON object');
}

/** Splits a child's name; `encoded` where the registration rides in the name itself. */
export function parseChildName(child: string): ParsedChild {
  if (!childPattern.test(child)) return { kind: 'invalid', reason: 'illegal child name' };
  return parseEncodedChild(child) ?? parsePlainChild(child);
}

function parsePlainChild(child: string): ParsedChild {
  const match = sequencePattern.exec(child);
  const instanceId = match?.[1] ?? child;
  return { kind: 'plain', instanceId, sequence: parseSequence(match?.[2]) };
}

/** `undefined` where the name makes no sense: the original then reads the node, too. */
function parseEncodedChild(child: string): ParsedChild | undefined {
  // The base64 alphabet contains the underscore: the length decides where the data ends.
  const match = encodedPattern.exec(child);
  const length = Number(match?.[1]);
  const rest = match?.[2] ?? '';
  const tail = encodedTailPattern.exec(rest.slice(length));
  if (!match || !tail) return undefined;
  const parsed = parseRegistration(Buffer.from(rest.slice(0, length), 'base64url'));
  if (!parsed.ok) return undefined;
  return {
    kind: 'encoded',
    registration: parsed.registration,
    sequence: parseSequence(tail[1]),
  };
}

function validate(value: Readonly<Record<string, unknown>>): ParsedRegistration {
  const { host, haproxy_server_options: options } = value;
  const port = toPort(value.port);
  if (typeof host !== 'string' || !isHost(host)) return invalid('host is no address or host name');
  if (!isIntegerBetween(port, 1, 65_535)) return invalid('port is no integer from 1 to 65535');
  // Registrars other than nerve may leave the name out; the original then shows the host.
  const name = value.name ?? host;
  if (typeof name !== 'string' || !isInstanceName(name)) return invalid('name has illegal form');
  if (options !== undefined && options !== null && !isOptionText(options)) {
    return invalid('haproxy_server_options is no plain single-line string');
  }
  const labels = parseLabels(value.labels);
  if (labels === 'invalid') return invalid('labels is no small object');
  const weight = toWeight(value.weight);
  const { draining, downtime_at: downtimeAt } = value;
  const registration: Writable<Registration> = { host, port, name };
  if (weight !== undefined) registration.weight = weight;
  if (typeof options === 'string') registration.haproxy_server_options = options;
  if (labels !== undefined) registration.labels = labels;
  // Advice that makes no sense is none: the instance itself is good.
  if (draining === true) registration.draining = draining;
  if (isIntegerBetween(downtimeAt, 0, maxSeconds)) registration.downtime_at = downtimeAt;
  return { ok: true, registration };
}

/** As text, too, where it is in digits: Ruby makes no difference. */
function toPort(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
}

/** What is no whole number counts for nothing, as in the original; HAProxy knows no larger ones. */
function toWeight(value: unknown): number | undefined {
  if (!isIntegerBetween(value, 0, Number.MAX_SAFE_INTEGER)) return undefined;
  return Math.min(value, maxWeight);
}

/**
 * Numbers and booleans pass as their text: the original lets them through. A label of any other
 * form is none: no filter can ask for it, and the instance is good.
 */
function parseLabels(value: unknown): Record<string, string> | undefined | 'invalid' {
  if (value === undefined || value === null) return undefined;
  if (!isMap(value)) return 'invalid';
  const entries = Object.entries(value);
  if (entries.length > maxLabels) return 'invalid';
  const texts = entries
    .filter(([key, item]) => key !== '' && isScalar(item))
    .map(([key, item]): [string, string] => [key, String(item)])
    .filter((pair) => pair.every(isLabelText));
  return sortedByKey(Object.fromEntries(texts));
}

function sortedByKey(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** With padding, as Ruby's `Base64.urlsafe_encode64` writes it. */
function urlSafeBase64(data: Buffer): string {
  const encoded = data.toString('base64url');
  return encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=');
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(decoder.decode(data));
  } catch {
    return undefined;
  }
}

function parseSequence(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

function isIntegerBetween(value: unknown, low: number, high: number): value is number {
  return Number.isInteger(value) && Number(value) >= low && Number(value) <= high;
}

function isOptionText(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length <= maxOptionsLength && !controlPattern.test(value)
  );
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function isLabelText(text: string): boolean {
  return text.length <= maxLabelLength && !controlPattern.test(text);
}

function invalid(reason: string): ParsedRegistration {
  return { ok: false, reason };
}
