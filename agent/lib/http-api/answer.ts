import type { IncomingMessage } from 'node:http';
import type { Logger } from '../logger.ts';
import { type Channel, requireLoopbackName, requireRight } from './access.ts';
import { readJsonBody } from './body.ts';
import { ApiError, type Endpoint, type Validate } from './endpoint.ts';
import { MethodError, NotFoundError, type Router } from './router.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface AnswerOptions {
  readonly router: Router;
  readonly validate: Validate;
  readonly logger: Logger;
}

export type AnswerRequest = (request: IncomingMessage, channel: Channel) => Promise<Answer>;

/**
 * From a request to what goes back:
 *
 *   name of the host ─► path, method ─► right to change ─► body ─► schema ─► handler ─► JSON
 *        403              404, 405          403          400, 413    422
 *
 * The answer never rejects, whatever the request holds: a handler's fault is logged and answers 500.
 */
export function createAnswerer({ router, validate, logger }: AnswerOptions): AnswerRequest {
  const faults = createFaultLog(logger);
  return async (request, channel) => {
    let endpoint: Endpoint | undefined;
    try {
      requireLoopbackName(request, channel);
      const { path, query } = parseTarget(request.url ?? '');
      const match = router(request.method ?? '', path);
      endpoint = match.endpoint;
      requireRight(request, endpoint.method, channel);
      const body = await readJsonBody(request);
      const result = await endpoint.answer({ params: match.params, query, body }, validate);
      const answer = render(endpoint, result);
      faults.passed(endpoint);
      return answer;
    } catch (error) {
      if (error instanceof ApiError) return refusal(error);
      // Nobody is left to be told.
      if (request.destroyed && !request.complete) return json(400, { error: 'cut short' });
      faults.failed(endpoint, error);
      return json(500, { error: 'internal error; the log has more' });
    }
  };
}

/** Not `new URL`, which throws on targets that HTTP allows and rewrites others. */
function parseTarget(target: string): { readonly path: string; readonly query: URLSearchParams } {
  const mark = target.indexOf('?');
  if (mark < 0) return { path: target, query: new URLSearchParams() };
  return { path: target.slice(0, mark), query: new URLSearchParams(target.slice(mark + 1)) };
}

function render({ contentType }: Endpoint, result: unknown): Answer {
  if (result === undefined) return { status: 204, headers: {}, text: '' };
  if (contentType === undefined) return json(200, result);
  if (typeof result !== 'string') throw new Error(`${contentType} must be made of text`);
  return { status: 200, headers: { 'content-type': contentType }, text: result };
}

function refusal(error: ApiError): Answer {
  const { status, message, problems } = error;
  const paths = error instanceof NotFoundError ? error.paths : undefined;
  const answer = json(status, { error: message, problems, paths });
  if (!(error instanceof MethodError)) return answer;
  return { ...answer, headers: { ...answer.headers, allow: error.allow } };
}

function json(status: number, body: unknown): Answer {
  const text = `${JSON.stringify(body)}\n`;
  return { status, headers: { 'content-type': 'application/json' }, text };
}

interface FaultLog {
  failed(endpoint: Endpoint | undefined, error: unknown): void;
  passed(endpoint: Endpoint): void;
}

/** Logs transitions: whoever polls a broken endpoint does not fill the disk. */
function createFaultLog(logger: Logger): FaultLog {
  const last = new Map<Endpoint | undefined, string>();
  return {
    failed: (endpoint, error) => {
      if (last.get(endpoint) === String(error)) return;
      last.set(endpoint, String(error));
      const { method, path } = endpoint ?? {};
      const stack = error instanceof Error ? error.stack : undefined;
      logger.error('api-fault', { method, path, error, stack });
    },
    passed: (endpoint) => last.delete(endpoint),
  };
}
