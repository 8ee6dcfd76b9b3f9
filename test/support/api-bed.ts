import { join } from 'node:path';
import { z } from 'zod';
import { validateBody } from '../../agent/config/validate-body.ts';
import { ApiError, endpoint } from '../../agent/lib/http-api/endpoint.ts';
import { defaultLimits, type Limits } from '../../agent/lib/http-api/listener.ts';
import { HttpApi } from '../../agent/lib/http-api.ts';
import { createRecordingLogger, type RecordingLogger } from './recording-logger.ts';
import { withTemporaryFolder } from './temporary-folder.ts';

/** An API with an endpoint of each sort, on a port and a socket. */
export interface ApiBed {
  readonly api: HttpApi;
  readonly port: number;
  readonly socket: string;
  readonly logger: RecordingLogger;
}

const endpoints = [
  endpoint({
    method: 'GET',
    path: '/health',
    summary: 'Whether it works',
    response: 'Always the same',
    handle: () => ({ status: 'ok' }),
  }),
  endpoint({
    method: 'GET',
    path: '/text',
    summary: 'Text',
    response: 'Text',
    contentType: 'text/plain; charset=utf-8',
    handle: ({ query }) => 'ü'.repeat(Number(query.get('length') ?? '1')),
  }),
  endpoint({
    method: 'GET',
    path: '/fault',
    summary: 'A mistake of ours',
    response: 'Nothing',
    handle: () => Promise.reject(new Error('a secret')),
  }),
  endpoint({
    method: 'GET',
    path: '/no-json',
    summary: 'Another one',
    response: 'Nothing',
    handle: () => 1n,
  }),
  endpoint({
    method: 'PUT',
    path: '/services/{name}/weight',
    summary: 'Takes a body',
    body: z.strictObject({ weight: z.int().min(0).max(256), reason: z.string().optional() }),
    response: 'What was asked',
    handle: ({ params: { name }, body: { weight } }) => {
      if (name === 'gone') throw new ApiError(404, 'no service "gone"');
      return { name, weight };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/services/{name}/drain',
    summary: 'Takes none',
    response: 'Nothing',
    handle: () => undefined,
  }),
];

export function createTestApi(limits: Partial<Limits> = {}) {
  const logger = createRecordingLogger();
  const api = new HttpApi({
    info: { title: 'test', version: '1.2.3' },
    endpoints,
    validate: validateBody,
    logger,
    limits: { ...defaultLimits, ...limits },
  });
  return { api, logger };
}

export function withApi(
  work: (bed: ApiBed) => Promise<void>,
  limits: Partial<Limits> = {},
): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const { api, logger } = createTestApi(limits);
    const socket = join(folder, 'api.sock');
    await api.listen({ port: 0, socket });
    try {
      await work({ api, port: api.port ?? 0, socket, logger });
    } finally {
      await api.close();
    }
  });
}
