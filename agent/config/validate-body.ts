import type { Validate } from '../lib/http-api/endpoint.ts';
import { parseConfig } from './parse.ts';

/** What an API is told is validated as a configuration is, and refused in the same words. */
export const validateBody: Validate = (schema, value) => {
  const parsed = parseConfig(schema, value);
  if (parsed.ok) return { ok: true, value: parsed.config };
  const problems = parsed.problems.map(({ path, message }) =>
    path === '' ? `the body ${message}` : `${path}: ${message}`,
  );
  return { ok: false, problems };
};
