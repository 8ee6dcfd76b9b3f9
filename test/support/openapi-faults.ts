import { z } from 'zod';

const operationSchema = z.object({
  operationId: z.string().regex(/^[a-zA-Z]\w*$/),
  summary: z.string().min(1).optional(),
  parameters: z.array(
    z.object({ name: z.string(), in: z.enum(['path', 'query']), required: z.boolean().optional() }),
  ),
  requestBody: z
    .object({ content: z.record(z.string(), z.object({ schema: z.object({}) })) })
    .optional(),
  responses: z.record(
    z.string(),
    z.union([z.object({ $ref: z.string() }), z.object({ description: z.string().min(1) })]),
  ),
});

const documentSchema = z.object({
  openapi: z.string(),
  info: z.object({ title: z.string(), version: z.string().optional() }),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});

type Operation = z.output<typeof operationSchema>;

const methods = new Set(['get', 'put', 'post', 'delete', 'head', 'patch', 'options', 'trace']);

/** What makes `document` no OpenAPI 3.1 document, in the parts that we use; empty for a good one. */
export function faultsOfOpenApi(document: unknown): readonly string[] {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path}: ${message}`);
  const { openapi, info, paths } = parsed.data;
  const ids = new Set<string>();
  const faults = Object.entries(paths).flatMap(([path, operations]) => [
    ...(path.startsWith('/') ? [] : [`${path}: does not start with a slash`]),
    ...Object.entries(operations).flatMap(([method, operation]) =>
      faultsOfOperation(path, method, operation, ids).map((fault) => `${method} ${path}: ${fault}`),
    ),
  ]);
  return [
    ...(/^3\.1\.\d+$/.test(openapi) ? [] : ['openapi is no 3.1 version']),
    ...(info.version === undefined ? ['info has no version'] : []),
    ...faults,
    ...danglingReferences(document),
  ];
}

function faultsOfOperation(
  path: string,
  method: string,
  { operationId, parameters, responses }: Operation,
  ids: Set<string>,
): readonly string[] {
  if (!methods.has(method)) return ['is no method'];
  const inPath = parameters.filter((one) => one.in === 'path');
  const named = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);
  const taken = ids.has(operationId);
  ids.add(operationId);
  return [
    ...named
      .filter((name) => !inPath.some((one) => one.name === name && one.required === true))
      .map((name) => `{${name}} is not declared`),
    ...inPath
      .filter(({ name }) => !named.includes(name))
      .map(({ name }) => `{${name}} is not in the path`),
    ...(Object.keys(responses).some((status) => /^2\d\d$/.test(status))
      ? []
      : ['no response of success']),
    ...(taken ? [`the operationId ${operationId} is taken`] : []),
  ];
}

function danglingReferences(document: unknown): readonly string[] {
  const references = new Set<string>();
  JSON.stringify(document, (key, value) => {
    if (key === '$ref') references.add(String(value));
    return value;
  });
  return [...references]
    .filter((reference) => {
      const [root, ...keys] = reference.split('/');
      const target = keys.reduce<unknown>(
        (value, key) =>
          typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
        document,
      );
      return root !== '#' || target === undefined;
    })
    .map((reference) => `nothing at ${reference}`);
}
