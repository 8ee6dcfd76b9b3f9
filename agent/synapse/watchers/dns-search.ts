/**
 * Names that a short one may stand for. The original leaves that to Ruby's resolver, which does as
 * most systems do: `generate_candidates` in its `resolv.rb`, `search` and `ndots` in resolv.conf(5).
 */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';

export interface SearchList {
  readonly domains: readonly string[];
  /** A name with fewer dots is not tried as it is before all others. */
  readonly dots: number;
}

/** Of the system. Where the configuration names the name servers, this host's domain alone. */
export async function systemSearchList(
  nameservers: readonly string[] | undefined,
): Promise<SearchList> {
  const text =
    nameservers === undefined ? await readFile('/etc/resolv.conf', 'utf8').catch(() => '') : '';
  return parseSearchList(text, hostname());
}

/** The last line of a kind wins; without any it is the domain of the host's own name. */
export function parseSearchList(resolvConf: string, hostName: string): SearchList {
  let domains: readonly string[] | undefined;
  let dots = 1;
  for (const line of resolvConf.split('\n')) {
    const [keyword = '', ...values] = line.trim().split(/\s+/);
    if (keyword === 'search') domains = values;
    if (keyword === 'domain') domains = values.slice(0, 1);
    const [, given] = /\sndots:(\d{1,2})(?:\s|$)/.exec(keyword === 'options' ? line : '') ?? [];
    dots = given === undefined ? dots : Number(given);
  }
  const own = /\.(.+)$/.exec(hostName)?.[1];
  return { domains: domains ?? (own === undefined ? [] : [own]), dots };
}

/** In the order in which they are asked for; one with a dot at its end stands for itself alone. */
export function candidatesFor(name: string, { domains, dots }: SearchList): readonly string[] {
  if (name.endsWith('.')) return [name];
  const longer = domains.map((domain) => `${name}.${domain}`);
  const isLong = name.split('.').length - 1 >= dots;
  return isLong ? [name, ...longer] : [...longer, name];
}

/**
 * The answer to the first that is there. Where none is, rejects with what was said of the name as it
 * was given; and at once with any other failure: what is not known may be there. A name server that
 * has nothing to do with a domain refuses, which is as good as that there is no such name.
 */
export async function searchFor<T>(
  name: string,
  list: SearchList,
  ask: (candidate: string) => Promise<T>,
): Promise<T> {
  let missing: unknown;
  for (const candidate of candidatesFor(name, list)) {
    try {
      return await ask(candidate);
    } catch (error) {
      if (!['ENOTFOUND', 'EREFUSED'].includes(codeOf(error))) throw error;
      if (candidate === name) missing = error;
    }
  }
  throw missing;
}

/** Such as `ENOTFOUND`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
