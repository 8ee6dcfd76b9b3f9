import http from 'node:http';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { withDeadline } from '../lib/deadline.ts';
import { parseJson } from '../lib/parse-json.ts';
import { readAnswer, type WholeAnswer } from '../lib/read-answer.ts';

/**
 * etcd's JSON gateway: https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/. Plain HTTP, because
 * the client on npm (etcd3) is unmaintained and reads .proto files from disk, which a program in
 * one file does not have.
 */
export interface EtcdGateway {
  /** Posts to `/v3/<method>`. Rejects with an `EtcdError` at the latest after the deadline. */
  call<T>(method: string, body: object, schema: z.ZodType<T>): Promise<T>;
  close(): void;
}

export interface EtcdGatewayOptions {
  readonly host: string;
  readonly port: number;
  /** For each call as a whole. */
  readonly deadlineMs: number;
  readonly clock: Clock;
}

export class EtcdError extends Error {
  readonly code: EtcdErrorCode;

  constructor(code: EtcdErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EtcdError';
    this.code = code;
  }
}

export type EtcdErrorCode =
  /** No answer, or none from a quorum. Whether a write took place is unknown. */
  | 'unreachable'
  /** The lease that the call named expired or was revoked. */
  | 'no-lease'
  /** It answers, but not so. */
  | 'refused';

const maxAnswerBytes = 1 << 20;
/** Of https://grpc.io/docs/guides/status-codes/. */
const grpc = { deadlineExceeded: 4, notFound: 5, unavailable: 14 } as const;

const failureSchema = z.object({
  code: z.number().optional(),
  message: z.string().optional(),
  error: z.string().optional(),
});

export function createEtcdGateway(options: EtcdGatewayOptions): EtcdGateway {
  const { host, port, deadlineMs: ms, clock } = options;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  return {
    call: async (method, body, schema) => {
      const path = `/v3/${method}`;
      const headers = { 'content-type': 'application/json' };
      const request = http.request({ host, port, path, agent, method: 'POST', headers });
      let answer: WholeAnswer;
      try {
        request.end(JSON.stringify(body));
        answer = await withDeadline(readAnswer(request, maxAnswerBytes), { ms, clock });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new EtcdError('unreachable', `etcd at ${host}:${port}: ${reason}`, { cause: error });
      } finally {
        if (!request.closed) request.destroy();
      }
      if (answer.status !== 200) throw toError(answer, `etcd at ${host}:${port}`);
      return parse(answer, schema, `etcd at ${host}:${port}, ${path}`);
    },
    close: () => agent.destroy(),
  };
}

function toError({ status, text }: WholeAnswer, where: string): EtcdError {
  const failure = failureSchema.safeParse(parseJson(text));
  const { code, message, error = `status ${status}` } = failure.data ?? {};
  const reason = message ?? error;
  if (code === grpc.notFound && /lease not found/.test(reason)) {
    return new EtcdError('no-lease', `${where}: ${reason}`);
  }
  if (code === grpc.unavailable || code === grpc.deadlineExceeded || status >= 500) {
    return new EtcdError('unreachable', `${where}: ${reason}`);
  }
  return new EtcdError('refused', `${where}: ${explain(status, reason, failure.success)}`);
}

function explain(status: number, reason: string, isGateway: boolean): string {
  if (status === 404 && !isGateway) {
    return 'does not know the JSON gateway of etcd v3 (/v3/…): it must be etcd 3.4 or newer';
  }
  if (status === 401 || /user name is empty|auth token|permission denied/.test(reason)) {
    return `requires authentication, which is not supported: ${reason}`;
  }
  return reason;
}

function parse<T>({ text }: WholeAnswer, schema: z.ZodType<T>, where: string): T {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new EtcdError('refused', `${where}: an answer that etcd would not give`);
}
