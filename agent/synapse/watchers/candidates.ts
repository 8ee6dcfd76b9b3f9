/** What a source tells of as instances, and what is left out of it: untrusted input (law 6). */
import { checkRegistration } from '../../registration.ts';
import { type Instance, toInstance } from '../instance.ts';
import type { RejectedRegistration } from './watcher.ts';

/** A complete list, sorted out. */
export interface Children {
  readonly instances: readonly Instance[];
  readonly rejected: readonly RejectedRegistration[];
}

export interface Candidate {
  /** The source's name of it. */
  readonly node: string;
  /** As in nerve's registrations; the name may be missing. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const shownLength = 80;

/** @param fallbackPort of those that have none of their own */
export function sortOut(
  candidates: readonly Candidate[],
  fallbackPort: number | undefined,
): Children {
  const instances: Instance[] = [];
  const rejected: RejectedRegistration[] = [];
  for (const { node, fields } of candidates) {
    const parsed = checkRegistration({ ...fields, port: fields.port ?? fallbackPort });
    if (!parsed.ok) rejected.push({ node: printable(node), reason: parsed.reason });
    else instances.push(unvouched(toInstance(parsed.registration, undefined), fields));
  }
  return { instances, rejected };
}

/** Names of nodes are as untrusted as their data. */
export function printable(node: string): string {
  return node.replace(/[^\x20-\x7e]/g, '?').slice(0, shownLength);
}

/**
 * An instance that nerve did not register. Without a name it has none: that of its host, by which
 * the original shows registrations, is borrowed.
 */
export function unvouched(
  { name, ...rest }: Instance,
  fields: { readonly name?: unknown },
): Instance {
  const instance = fields.name === undefined || name === undefined ? rest : { name, ...rest };
  return { ...instance, unvouched: true };
}
