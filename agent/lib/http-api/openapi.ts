import { z } from 'zod';
import { type Endpoint, paramNames } from './endpoint.ts';

export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
}

/** An OpenAPI 3.1 document: https://spec.openapis.org/oas/v3.1.1.html */
export function openApiOf(info: ApiInfo, endpoints: readonly Endpoint[]): object {
  const ids = new Set<string>();
  const paths = [...new Set(endpoints.map(({ path }) => path))].sort();
  return {
    openapi: '3.1.1',
    info,
    paths: Object.fromEntries(
      paths.map((path) => [
        path,
        Object.fromEntries(
          endpoints
            .filter((endpoint) => endpoint.path === path)
            .map((endpoint) => [endpoint.method.toLowerCase(), operationOf(endpoint, ids)]),
        ),
      ]),
    ),
    components: { schemas: { Error: errorSchema }, responses: { Error: errorResponse } },
  };
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: { type: 'string' },
    problems: { type: 'array', items: { type: 'string' } },
    paths: { type: 'array', items: { type: 'string' } },
  },
};

const errorResponse = {
  description: 'What was wrong with the request, or with the daemon',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};

function operationOf(endpoint: Endpoint, ids: Set<string>): object {
  return {
    operationId: newId(endpoint, ids),
    summary: endpoint.summary,
    parameters: parametersOf(endpoint),
    ...(endpoint.body && {
      requestBody: {
        required: !endpoint.body.safeParse(undefined).success,
        content: { 'application/json': { schema: schemaOf(endpoint.body, 'input') } },
      },
    }),
    responses: {
      '200': successOf(endpoint),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function parametersOf({ path, query = {} }: Endpoint): readonly object[] {
  const schema = { type: 'string' };
  return [
    ...paramNames(path).map((name) => ({ name, in: 'path', required: true, schema })),
    ...Object.entries(query).map(([name, description]) => ({
      name,
      in: 'query',
      description,
      schema,
    })),
  ];
}

function successOf({ response, contentType = 'application/json' }: Endpoint): object {
  const text = contentType === 'application/json' ? {} : { type: 'string' };
  if (typeof response === 'string') {
    return { description: response, content: { [contentType]: { schema: text } } };
  }
  const description = response.description ?? 'Success';
  return { description, content: { [contentType]: { schema: schemaOf(response, 'output') } } };
}

/** What JSON Schema cannot say, such as a transformation, is left open. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

/** `POST /services/{name}/drain` → `postServicesNameDrain`. */
function newId({ method, path }: Endpoint, ids: Set<string>): string {
  const words = path.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  const camel = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
  const base = `${method.toLowerCase()}${camel || 'Root'}`;
  let id = base;
  for (let count = 2; ids.has(id); count += 1) id = `${base}${count}`;
  ids.add(id);
  return id;
}
