import { Buffer } from 'node:buffer';

/**
 * The two messages of grpc.health.v1, by hand: one field each.
 * https://github.com/grpc/grpc/blob/master/src/proto/grpc/health/v1/health.proto
 * https://protobuf.dev/programming-guides/encoding/
 */
const statuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

/** Field 1: of length-delimited text in the request, a number in the answer. */
const serviceTag = 0x0a;
const statusTag = 0x08;

/** `HealthCheckRequest { string service = 1; }`; a default is left out. */
export function encodeRequest(service: string): Buffer {
  const text = Buffer.from(service);
  if (text.length === 0) return text;
  return Buffer.concat([Buffer.from([serviceTag, ...varint(text.length)]), text]);
}

/** `HealthCheckResponse { ServingStatus status = 1; }`: the number; 0 where it is left out. */
export function decodeStatus(message: Buffer): number {
  if (message.length === 0) return 0;
  const [tag, status = 0, more] = message;
  if (tag !== statusTag || status > 0x7f || more !== undefined) {
    throw new Error('the answer is no HealthCheckResponse');
  }
  return status;
}

export function servingStatus(status: number | undefined): string {
  return statuses[status ?? 0] ?? `status ${status}`;
}

/** Seven bits a byte, the lowest first; all but the last have the highest bit set. */
function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
