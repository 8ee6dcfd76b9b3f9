import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { createEtcdGateway, EtcdError, type EtcdGatewayOptions } from './gateway.ts';

/** What this program needs of etcd v3. Every call rejects with an `EtcdError`. */
export interface EtcdClient {
  /** Resolves if a quorum answers. */
  probe(): Promise<void>;
  /** What hangs on the lease goes unless it is kept alive within `ttlSeconds`. */
  grantLease(ttlSeconds: number): Promise<LeaseId>;
  /** False when it is gone. */
  keepAlive(lease: LeaseId): Promise<boolean>;
  /** What hangs on it goes with it. One that is gone already is no error. */
  revoke(lease: LeaseId): Promise<void>;
  read(key: string): Promise<EtcdEntry | undefined>;
  /** In one transaction: afterwards the key is so, and it is written only where it was not. */
  ensure(key: string, entry: EtcdEntry): Promise<'written' | 'unchanged'>;
  remove(key: string): Promise<'removed' | 'absent'>;
  close(): void;
}

/** A 64-bit integer in decimal: more than a number of JavaScript holds. */
export type LeaseId = string;

export interface EtcdEntry {
  readonly value: Buffer;
  /** `undefined` for an entry that stays. */
  readonly lease: LeaseId | undefined;
}

/** The gateway leaves out what is zero, and writes 64-bit integers as text. */
const integer = z.string().regex(/^-?\d+$/);
const anything = z.object({});
const leaseSchema = z.object({ ID: integer });
const deletedSchema = z.object({ deleted: integer.default('0') });
const txnSchema = z.object({ succeeded: z.boolean().default(false) });
const rangeSchema = z.object({
  kvs: z.array(z.object({ value: z.base64().default(''), lease: integer.optional() })).default([]),
});
/** Answers as a stream would; a fault of etcd's comes with the status 200 too. */
const keepAliveSchema = z.union([
  z.object({ result: z.object({ TTL: integer.default('0') }) }),
  z.object({ error: z.object({ message: z.string().default('fault') }) }),
]);

export function createEtcdClient(options: EtcdGatewayOptions): EtcdClient {
  const { call, close } = createEtcdGateway(options);
  return {
    probe: async () => {
      await call('kv/range', { key: encode('/'), count_only: true }, anything);
    },
    grantLease: async (TTL) => (await call('lease/grant', { TTL }, leaseSchema)).ID,
    keepAlive: async (ID) => {
      const answer = await call('lease/keepalive', { ID }, keepAliveSchema);
      if ('error' in answer) throw new EtcdError('unreachable', `etcd: ${answer.error.message}`);
      return Number(answer.result.TTL) > 0;
    },
    revoke: async (ID) => {
      await call('lease/revoke', { ID }, anything).catch(unlessGone);
    },
    read: async (key) => {
      const { kvs } = await call('kv/range', { key: encode(key) }, rangeSchema);
      const [found] = kvs;
      return found && { value: Buffer.from(found.value, 'base64'), lease: found.lease };
    },
    ensure: async (key, entry) => {
      const { succeeded } = await call('kv/txn', ensureTransaction(key, entry), txnSchema);
      return succeeded ? 'unchanged' : 'written';
    },
    remove: async (key) => {
      const { deleted } = await call('kv/deleterange', { key: encode(key) }, deletedSchema);
      return deleted === '0' ? 'absent' : 'removed';
    },
    close,
  };
}

function ensureTransaction(name: string, entry: EtcdEntry): object {
  const key = encode(name);
  const value = entry.value.toString('base64');
  const lease = entry.lease ?? '0';
  return {
    compare: [
      { key, target: 'VALUE', result: 'EQUAL', value },
      { key, target: 'LEASE', result: 'EQUAL', lease },
    ],
    failure: [{ requestPut: { key, value, lease } }],
  };
}

function encode(key: string): string {
  return Buffer.from(key).toString('base64');
}

function unlessGone(error: unknown): void {
  if (!(error instanceof EtcdError) || error.code !== 'no-lease') throw error;
}
