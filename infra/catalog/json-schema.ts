/** The catalog's JSON Schema, for editors and other programs: from the schema that validates it. */
import { z } from 'zod';
import { isMap } from '../../agent/lib/is-map.ts';
import { catalogSchema } from './schema.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** What rules between entries say (a port used twice, an unknown host) is not in it. */
export function catalogJsonSchema(): JsonSchema {
  const whole = z.toJSONSchema(catalogSchema, { io: 'input', unrepresentable: 'any' });
  const { $schema, $defs, ...single } = whole;
  const { environment, ...own } = single.properties ?? {};
  const parts = Object.entries<unknown>(own).flatMap(([name, part]) =>
    isMap(part) ? [[name, part] as const] : [],
  );
  const changes = {
    type: 'object',
    properties: Object.fromEntries(parts.map(([name]) => [name, { $ref: `#/$defs/${name}` }])),
    additionalProperties: false,
  };
  const environments = {
    type: 'object',
    minProperties: 1,
    propertyNames: environment,
    additionalProperties: { $ref: '#/$defs/changes' },
  };
  return {
    $schema,
    title: 'Catalog of SmartStack: hosts and services of one environment, or of several',
    if: { type: 'object', required: ['environments'] },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
    then: { ...changes, properties: { ...changes.properties, environments } },
    else: single,
    $defs: {
      ...$defs,
      ...Object.fromEntries(parts.map(([name, part]) => [name, orNull(asChanges(part))])),
      changes: orNull(changes),
    },
  };
}

/** Of a map: any part of it, and `null` for what is to go. Lists are replaced whole. */
function asChanges(schema: JsonSchema): JsonSchema {
  if (schema.type !== 'object') return schema;
  const { required: _, properties, additionalProperties, ...rest } = schema;
  const changed = (value: unknown): unknown => (isMap(value) ? orNull(asChanges(value)) : value);
  return {
    ...rest,
    ...(isMap(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, value]) => [name, changed(value)]),
      ),
    }),
    ...(additionalProperties !== undefined && {
      additionalProperties: changed(additionalProperties),
    }),
  };
}

function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}
