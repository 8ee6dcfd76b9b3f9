import { type Endpoint, endpoint } from './endpoint.ts';
import { type ApiInfo, openApiOf } from './openapi.ts';

/** `endpoints`, and two that describe them all: `GET /` for people, `GET /openapi.json`. */
export function withDescription(
  info: ApiInfo,
  endpoints: readonly Endpoint[],
): readonly Endpoint[] {
  const all: readonly Endpoint[] = [
    endpoint({
      method: 'GET',
      path: '/',
      summary: 'What there is to ask',
      response: 'The name and version of the API and a list of its endpoints',
      handle: () => ({
        ...info,
        openapi: '/openapi.json',
        endpoints: all.map(({ method, path, summary }) => ({ method, path, summary })),
      }),
    }),
    endpoint({
      method: 'GET',
      path: '/openapi.json',
      summary: 'The description of this API for programs',
      response: 'An OpenAPI 3.1 document',
      handle: () => openApiOf(info, all),
    }),
    ...endpoints,
  ];
  return all;
}
