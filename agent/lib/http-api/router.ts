import { ApiError, type Endpoint, paramNames } from './endpoint.ts';

export interface Match {
  readonly endpoint: Endpoint;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the endpoint of a request; throws an `ApiError` of 400, 404 or 405. */
export type Router = (method: string, path: string) => Match;

interface Route {
  readonly endpoint: Endpoint;
  readonly segments: readonly string[];
}

/** Throws on two endpoints that no request could tell apart: a mistake of ours. */
export function createRouter(endpoints: readonly Endpoint[]): Router {
  // A literal segment wins over a parameter, whatever the order of the list.
  const routes = endpoints
    .map((endpoint): Route => ({ endpoint, segments: endpoint.path.split('/') }))
    .sort((a, b) => paramNames(a.endpoint.path).length - paramNames(b.endpoint.path).length);
  refuseDoubles(endpoints);
  return (method, path) => {
    const segments = path.split('/');
    const here = routes.filter((route) => fits(route.segments, segments));
    if (here.length === 0) throw new NotFoundError(endpoints);
    // HEAD is GET whose answer is left out.
    const wanted = method === 'HEAD' ? 'GET' : method;
    const route = here.find(({ endpoint }) => endpoint.method === wanted);
    if (!route) throw new MethodError(here.map(({ endpoint }) => endpoint.method));
    return { endpoint: route.endpoint, params: paramsOf(route.segments, segments) };
  };
}

export class NotFoundError extends ApiError {
  readonly paths: readonly string[];

  constructor(endpoints: readonly Endpoint[]) {
    super(404, 'not found');
    this.paths = [...new Set(endpoints.map(({ path }) => path))];
  }
}

export class MethodError extends ApiError {
  /** For the header of this name. */
  readonly allow: string;

  constructor(methods: readonly string[]) {
    const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    super(405, `this path takes ${allow.join(', ')}`);
    this.allow = allow.join(', ');
  }
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) =>
      isParam(part) ? segments[index] !== '' : part === segments[index],
    )
  );
}

function paramsOf(
  pattern: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> {
  const entries = pattern.flatMap((part, index) =>
    isParam(part) ? [[part.slice(1, -1), decode(segments[index] ?? '')]] : [],
  );
  return Object.fromEntries(entries);
}

function isParam(part: string): boolean {
  return part.startsWith('{');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ApiError(400, `${JSON.stringify(segment)} is not percent-encoded UTF-8`);
  }
}

function refuseDoubles(endpoints: readonly Endpoint[]): void {
  const shapes = endpoints.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`);
  const double = shapes.find((shape, index) => shapes.indexOf(shape) !== index);
  if (double !== undefined) throw new Error(`two endpoints for ${double}`);
}
