/** Of a catalog for several environments, the one that the stack is for: pure. */

import type { Problem } from '../../agent/config/parse.ts';
import { isMap } from '../../agent/lib/is-map.ts';
import { nearestName } from '../../agent/lib/nearest-name.ts';
import { merge } from './merge.ts';

export type ChosenEnvironment =
  | {
      readonly ok: true;
      /** Of one environment, not validated yet. */
      readonly catalog: unknown;
      /** The chosen one's name where there are several. */
      readonly environment: string | undefined;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The stack's setting that names it. */
export const environmentSetting = 'smartstack:environment';

/** `wanted`: what the stack's configuration says; a catalog of one environment needs none. */
export function chooseEnvironment(catalog: unknown, wanted: string | undefined): ChosenEnvironment {
  if (!isMap(catalog) || !Object.hasOwn(catalog, 'environments')) return single(catalog, wanted);
  const { environments, ...shared } = catalog;
  if (!isMap(environments) || Object.keys(environments).length === 0) {
    return refuse('environments', 'must be a map of environments by name, with at least one');
  }
  if (Object.hasOwn(shared, 'environment')) {
    return refuse('environment', 'is said by the names in "environments"; leave it out');
  }
  const names = Object.keys(environments);
  const [only] = names;
  const name = wanted ?? (names.length === 1 ? only : undefined);
  if (name === undefined) {
    return refuse('environments', `has ${names.join(', ')}; ${howToSay(names[0] ?? '')}`);
  }
  if (!Object.hasOwn(environments, name)) {
    const nearest = nearestName(name, names);
    const hint = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
    return refuse('environments', `has no "${name}", only ${names.join(', ')}${hint}`);
  }
  const whole = merge({ environment: name, ...shared }, environments[name] ?? {});
  return { ok: true, catalog: whole, environment: name };
}

function single(catalog: unknown, wanted: string | undefined): ChosenEnvironment {
  const own = isMap(catalog) ? catalog.environment : undefined;
  if (wanted === undefined || wanted === own) {
    return { ok: true, catalog, environment: undefined };
  }
  const message = `is "${String(own)}", but the stack is for "${wanted}"; ${howToSay(String(own))}`;
  return refuse('environment', message);
}

function howToSay(name: string): string {
  return `say "${environmentSetting}: ${name}" in the stack's configuration`;
}

function refuse(path: string, message: string): ChosenEnvironment {
  return { ok: false, problems: [{ path, message }] };
}
