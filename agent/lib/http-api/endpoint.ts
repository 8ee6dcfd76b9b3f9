import type { z } from 'zod';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The names in braces of a path: `'/services/{name}/drain'` → `'name'`. */
export type ParamName<P extends string> = P extends `${string}{${infer N}}${infer Rest}`
  ? N | ParamName<Rest>
  : never;

export type Params<P extends string> = Readonly<Record<ParamName<P>, string>>;

/** What a handler gets. Params are decoded and not empty, and come from whoever asks. */
export interface ApiRequest<P extends string, B> {
  readonly params: Params<P>;
  readonly query: URLSearchParams;
  readonly body: B;
}

/** A request that the router has matched; nothing in it is validated yet. */
export interface RawRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; `undefined` when there was none. */
  readonly body: unknown;
}

export type Validated<T> =
  | { readonly ok: true; readonly value: T }
  /** `path: what is wrong; what would be right`, one for each mistake. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Validates whole: all mistakes at once. */
export type Validate = <S extends z.ZodType>(schema: S, value: unknown) => Validated<z.output<S>>;

interface Description<P extends string> {
  readonly method: Method;
  /** Such as `/services/{name}/drain`. */
  readonly path: P;
  /** One line, for people who read the API's description. */
  readonly summary: string;
  /** What each query parameter means; for the description only. */
  readonly query?: Readonly<Record<string, string>>;
  /** What comes back, in words or as a schema; for the description only. */
  readonly response: string | z.ZodType;
  /** Default: JSON. Any other one means that the handler gives text. */
  readonly contentType?: string;
}

interface WithBody<P extends string, S extends z.ZodType> extends Description<P> {
  readonly body: S;
  /** May give a promise; `undefined` answers 204, an `ApiError` what it says. */
  handle(request: ApiRequest<P, z.output<S>>): unknown;
}

interface WithoutBody<P extends string> extends Description<P> {
  readonly body?: undefined;
  /** May give a promise; `undefined` answers 204, an `ApiError` what it says. */
  handle(request: ApiRequest<P, undefined>): unknown;
}

/** One method of one path, as the server and its description see it. */
export interface Endpoint extends Description<string> {
  readonly body?: z.ZodType | undefined;
  /** Validates, then handles. Rejects with an `ApiError` when the request is at fault. */
  answer(request: RawRequest, validate: Validate): Promise<unknown>;
}

/** An expected failure, told to whoever asked; anything else that a handler throws is a fault. */
export class ApiError extends Error {
  readonly status: number;
  /** `path: what is wrong; what would be right`, one for each mistake. */
  readonly problems: readonly string[] | undefined;

  constructor(status: number, message: string, problems?: readonly string[]) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.problems = problems;
  }
}

/** Ties the handler's types to the path and to the body's schema. */
export function endpoint<const P extends string, S extends z.ZodType>(
  definition: WithBody<P, S>,
): Endpoint;
export function endpoint<const P extends string>(definition: WithoutBody<P>): Endpoint;
export function endpoint<const P extends string, S extends z.ZodType>(
  definition: WithBody<P, S> | WithoutBody<P>,
): Endpoint {
  return {
    ...definition,
    answer: async ({ params, query, body }, validate) => {
      if (!isComplete(definition.path, params)) throw new Error(`no match: ${definition.path}`);
      if (takesBody(definition)) {
        const validated = validate(definition.body, body);
        if (!validated.ok) throw new ApiError(422, 'the body is not valid', validated.problems);
        return await definition.handle({ params, query, body: validated.value });
      }
      if (body !== undefined) throw new ApiError(400, 'this endpoint takes no body');
      return await definition.handle({ params, query, body: undefined });
    },
  };
}

function takesBody<P extends string, S extends z.ZodType>(
  definition: WithBody<P, S> | WithoutBody<P>,
): definition is WithBody<P, S> {
  return definition.body !== undefined;
}

/** `{name}` → `name`, in the order of the path. */
export function paramNames(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

function isComplete<P extends string>(
  path: P,
  params: Readonly<Record<string, string>>,
): params is Params<P> {
  return paramNames(path).every((name) => Object.hasOwn(params, name));
}
