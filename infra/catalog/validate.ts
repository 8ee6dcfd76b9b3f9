/** From what people wrote to a catalog with its defaults, or to all of their mistakes at once. */
import { z } from 'zod';
import { type Problem, parseConfig } from '../../agent/config/parse.ts';
import { checkSchema } from './check-schema.ts';
import type { Surroundings } from './rule.ts';
import { checkRules, warnings } from './rules.ts';
import {
  authoritiesSchema,
  type Catalog,
  ensembleSchema,
  environmentSchema,
  hostSchema,
  type Service,
  serviceSchema,
  statsdSchema,
} from './schema.ts';

export type ValidatedCatalog =
  | { readonly ok: true; readonly catalog: Catalog; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The outermost form; what is inside is parsed piece by piece. */
const outlineSchema = z.strictObject({
  environment: z.unknown(),
  ensemble: z.unknown(),
  hosts: z.record(z.string(), z.unknown()),
  services: z.record(z.string(), z.unknown()),
  statsd: z.unknown().optional(),
  authorities: z.unknown().optional(),
});

/** Piece by piece, so that a malformed service hides no mistake elsewhere. */
export function validateCatalog(input: unknown, surroundings: Surroundings): ValidatedCatalog {
  const outline = parseConfig(outlineSchema, input);
  if (!outline.ok) return outline;
  const environment = parsePiece('environment', environmentSchema, outline.config.environment);
  const ensemble = parsePiece('ensemble', ensembleSchema, outline.config.ensemble);
  const statsd = parsePiece('statsd', statsdSchema.optional(), outline.config.statsd);
  const authorities = parsePiece('authorities', authoritiesSchema, outline.config.authorities);
  const hosts = parseEntries('hosts', hostSchema, outline.config.hosts);
  const parsed = parseEntries('services', serviceSchema, outline.config.services);
  const services = withDefaultChecks(parsed.entries);
  const problems = [
    ...environment.problems,
    ...ensemble.problems,
    ...statsd.problems,
    ...authorities.problems,
    ...hosts.problems,
    ...parsed.problems,
    ...checkRules({
      hosts: hosts.entries,
      services,
      ensemble: ensemble.value,
      ...surroundings,
      malformedHosts: new Set(hosts.malformed),
    }),
  ];
  if (
    problems.length > 0 ||
    environment.value === undefined ||
    ensemble.value === undefined ||
    authorities.value === undefined
  ) {
    return { ok: false, problems };
  }
  const catalog: Catalog = {
    environment: environment.value,
    ensemble: ensemble.value,
    hosts: hosts.entries,
    services,
    ...(statsd.value === undefined ? {} : { statsd: statsd.value }),
    authorities: authorities.value,
  };
  return { ok: true, catalog, warnings: warnings(catalog) };
}

function withDefaultChecks(
  services: Readonly<Record<string, z.output<typeof serviceSchema>>>,
): Readonly<Record<string, Service>> {
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => [
      name,
      { ...service, checks: service.checks ?? [checkSchema.parse({ type: service.mode })] },
    ]),
  );
}

interface Piece<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

function parsePiece<S extends z.ZodType>(
  path: string,
  schema: S,
  value: unknown,
): Piece<z.output<S>> {
  const result = parseConfig(schema, value);
  if (result.ok) return { value: result.config, problems: [] };
  return { value: undefined, problems: result.problems.map((problem) => within(path, problem)) };
}

function within(outer: string, { path, message }: Problem): Problem {
  const separator = path === '' || path.startsWith('[') ? '' : '.';
  return { path: `${outer}${separator}${path}`, message };
}

interface Entries<T> {
  readonly entries: Readonly<Record<string, T>>;
  /** Names of those that are not well-formed. */
  readonly malformed: readonly string[];
  readonly problems: readonly Problem[];
}

function parseEntries<S extends z.ZodType>(
  section: string,
  schema: S,
  raw: Readonly<Record<string, unknown>>,
): Entries<z.output<S>> {
  const pieces = Object.entries(raw).map(
    ([name, entry]) => [name, parsePiece(`${section}.${name}`, schema, entry)] as const,
  );
  return {
    entries: Object.fromEntries(
      pieces.flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])),
    ),
    malformed: pieces.filter(([, { value }]) => value === undefined).map(([name]) => name),
    problems: pieces.flatMap(([, { problems }]) => problems),
  };
}
