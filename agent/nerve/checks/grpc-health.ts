import { Buffer } from 'node:buffer';

/**
 * The two messages of grpc.health.v1, by hand: one field each.
 * https://github.com/grpc/grpc/blob/master/src/proto/grpc/health/v1/health.proto
 * https://protobuf.dev/programming-guides/encoding/
 */
const statuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

/** Field 1: length-delimited text in the request, a number in the answer. */
const serviceTag = 0x0a;
const statusTag = 0x08;
/** A flag (0: not compressed) and four bytes of length come before each message. */
const prefixLength = 5;

export const healthCheckPath = '/grpc.health.v1.Health/Check';

/** `HealthCheckRequest { string service = 1; }` as it is sent; a default is left out. */
export function encodeRequest(service: string): Buffer {
  const text = Buffer.from(service);
  const tag = text.length === 0 ? [] : [serviceTag, ...varint(text.length)];
  const prefix = Buffer.alloc(prefixLength);
  prefix.writeUInt32BE(tag.length + text.length, 1);
  return Buffer.concat([prefix, Buffer.from(tag), text]);
}

/**
 * The name of the status in a `HealthCheckResponse { ServingStatus status = 1; }` as it is sent;
 * `undefined` where it is none.
 */
export function decodeStatus(sent: Buffer): string | undefined {
  if (sent.length < prefixLength || sent.readUInt8(0) !== 0) return undefined;
  const [tag, status, ...more] = sent.subarray(prefixLength);
  if (sent.readUInt32BE(1) !== sent.length - prefixLength) return undefined;
  if (tag === undefined) return statuses[0];
  if (tag !== statusTag || status === undefined || more.length > 0) return undefined;
  return statuses[status] ?? `status ${status}`;
}

/** Seven bits a byte, the lowest first; all but the last have the highest bit set. */
function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
