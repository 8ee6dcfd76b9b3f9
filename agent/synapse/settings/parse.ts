/**
 * Settings for generators from the registry: JSON, keyed by generator, as the original has them
 * (`parse_service_config` in `zookeeper/zookeeper.rb`). What may stand in it is judged with the
 * service's own configuration at hand (`overlay.ts`).
 */

import type { Buffer } from 'node:buffer';
import { isMap } from '../../lib/is-map.ts';
import { parseJson } from '../../lib/parse-json.ts';

/** Generator → option → value. */
export type RegistrySettings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type ParsedSettings =
  | { readonly ok: true; readonly settings: RegistrySettings }
  | { readonly ok: false; readonly reason: string };

const maxDataBytes = 65_536;
export const noSettings: RegistrySettings = {};

/** Untrusted input (law 6): a reason names the fault and never quotes the value. */
export function parseSettings(data: Buffer | undefined): ParsedSettings {
  if (data === undefined || data.length === 0) return { ok: true, settings: noSettings };
  if (data.length > maxDataBytes) return refuse(`more than ${maxDataBytes} bytes of data`);
  const value = parseJson(data);
  if (!isMap(value)) return refuse('the data is not a JSON object');
  return toSettings(value);
}

/** The same from a document that was JSON once. */
export function toSettings(value: Readonly<Record<string, unknown>>): ParsedSettings {
  const generators = Object.entries(value);
  const settings = generators.flatMap(([name, options]) =>
    isMap(options) ? [[name, options] as const] : [],
  );
  if (settings.length < generators.length) {
    return refuse('the settings of a generator are not a JSON object');
  }
  return { ok: true, settings: Object.fromEntries(settings) };
}

function refuse(reason: string): ParsedSettings {
  return { ok: false, reason };
}
