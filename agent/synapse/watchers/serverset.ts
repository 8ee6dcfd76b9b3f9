/**
 * Registrations as Twitter's serversets have them, Finagle's and Aurora's:
 *
 *   {"serviceEndpoint": {"host": …, "port": …}, "additionalEndpoints": {"http": {…}},
 *    "shard": 0, "status": "ALIVE"}
 *
 * Original: `serverset_decode` in `zookeeper/zookeeper.rb`. Ours: of a member that is not alive
 * nothing is used.
 */

import type { Buffer } from 'node:buffer';
import { parseJson } from '../../lib/parse-json.ts';
import { checkRegistration } from '../../registration.ts';
import { type Instance, toInstance } from '../instance.ts';
import { unvouched } from './candidates.ts';

export type ParsedMember =
  | { readonly ok: true; readonly instance: Instance }
  | { readonly ok: false; readonly reason: string };

const maxDataBytes = 65_536;

/** @param endpointName of `additionalEndpoints`; `undefined` for the `serviceEndpoint` */
export function parseMember(data: Buffer, endpointName: string | undefined): ParsedMember {
  if (data.length > maxDataBytes) return refuse(`more than ${maxDataBytes} bytes of data`);
  const member = parseJson(data);
  const status = fieldOf(member, 'status') ?? 'ALIVE';
  if (status !== 'ALIVE') return refuse('its status is not ALIVE');
  const endpoint =
    endpointName === undefined
      ? fieldOf(member, 'serviceEndpoint')
      : fieldOf(fieldOf(member, 'additionalEndpoints'), endpointName);
  if (endpoint === undefined) return refuse('the data is no serverset member with that endpoint');
  const shard = fieldOf(member, 'shard') ?? undefined;
  const name = typeof shard === 'number' ? String(shard) : shard;
  const { host, port } = { host: fieldOf(endpoint, 'host'), port: fieldOf(endpoint, 'port') };
  const checked = checkRegistration({ host, port, name });
  if (!checked.ok) return checked;
  const instance = toInstance(checked.registration, undefined);
  return { ok: true, instance: unvouched(instance, { name }) };
}

function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

function refuse(reason: string): ParsedMember {
  return { ok: false, reason };
}
