/**
 * The words of a `server` line. Those from the registry are untrusted (law 6): only listed
 * keywords pass, each with an argument of its kind, so that a registration can tune how its own
 * instance is balanced and checked and nothing else.
 *
 * Source of the keywords: HAProxy's configuration manual, section 5.2.
 */
import { isAddress } from '../../registration.ts';

type Pattern = Pick<RegExp, 'test'>;

const number = /^\d{1,9}$/;
const duration = /^\d{1,9}(?:us|ms|s|m|h|d)?$/;
const port = /^(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$/;
const word = /^[A-Za-z0-9_.:-]{1,255}$/;
/** HAProxy would look a name up in the middle of its work, and serve nobody meanwhile. */
const address = { test: isAddress };

/** Keyword → what its argument has to pass, `undefined` where it takes none. */
const allowed: ReadonlyMap<string, Pattern | undefined> = new Map<string, Pattern | undefined>([
  ['addr', address],
  ['alpn', /^[a-z0-9./,-]{1,64}$/],
  ['backup', undefined],
  ['check', undefined],
  ['check-proto', /^h[12]$/],
  ['check-send-proxy', undefined],
  ['check-ssl', undefined],
  ['cookie', word],
  ['downinter', duration],
  ['error-limit', number],
  ['fall', number],
  ['fastinter', duration],
  ['id', /^[1-9]\d{0,8}$/],
  ['inter', duration],
  ['maxconn', number],
  ['maxqueue', number],
  ['minconn', number],
  ['no-backup', undefined],
  ['observe', /^layer[47]$/],
  ['on-error', /^(?:fastinter|fail-check|sudden-death|mark-down)$/],
  ['on-marked-down', /^shutdown-sessions$/],
  ['on-marked-up', /^shutdown-backup-sessions$/],
  ['pool-low-conn', number],
  ['pool-max-conn', /^-?\d{1,9}$/],
  ['pool-purge-delay', duration],
  ['port', port],
  ['proto', /^h[12]$/],
  ['rise', number],
  ['send-proxy', undefined],
  ['send-proxy-v2', undefined],
  ['slowstart', duration],
  ['ssl', undefined],
  ['tfo', undefined],
  ['verify', /^none$/],
  ['weight', /^(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-6])$/],
]);

/** What is looked for among the words of a server: none of them may be the value of another. */
const soughtKeywords: ReadonlySet<string> = new Set([
  'check',
  'cookie',
  'enabled',
  'id',
  'verify',
  'weight',
]);

export type CheckedOptions =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** For `haproxy_server_options` of a registration, its templates filled in already. */
export function checkRegistryOptions(text: string): CheckedOptions {
  const words = splitWords(text);
  const rest = words.values();
  let hasId = false;
  for (const keyword of rest) {
    if (!allowed.has(keyword)) return { ok: false, reason: refusal(keyword) };
    const pattern = allowed.get(keyword);
    if (pattern === undefined) continue;
    const argument = rest.next();
    const value = argument.done ? undefined : argument.value;
    if (value === undefined || !pattern.test(value) || soughtKeywords.has(value)) {
      return { ok: false, reason: `haproxy_server_options: ${keyword} has no legal value` };
    }
    if (keyword !== 'id') continue;
    if (hasId) return { ok: false, reason: 'haproxy_server_options: id has more than one value' };
    hasId = true;
  }
  return { ok: true, words };
}

/** Whether a template became a keyword: that of a value, with a host called `check`, say. */
export function makesKeyword(templates: readonly string[], filled: readonly string[]): boolean {
  return filled.some((one, index) => one !== templates[index] && soughtKeywords.has(one));
}

/** Whether a server has to prove who it is: no word from the registry may take that away. */
export function verifiesServer(words: readonly string[]): boolean {
  const index = words.lastIndexOf('verify');
  return index >= 0 && words[index + 1] === 'required';
}

export function splitWords(text: string): readonly string[] {
  return text.split(/\s+/).filter((one) => one !== '');
}

/** `%{host}`, `%{port}`, `%{name}` as in the original; `%%` is a percent sign, as in Ruby. */
export function fillTemplate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/%(?:%|\{(\w+)\})/g, (whole, name: string | undefined) =>
    name === undefined ? '%' : (values[name] ?? whole),
  );
}

/** The words without `keyword` and its argument. */
export function withoutOption(words: readonly string[], keyword: string): readonly string[] {
  const index = words.indexOf(keyword);
  if (index < 0) return words;
  return withoutOption([...words.slice(0, index), ...words.slice(index + 2)], keyword);
}

function refusal(keyword: string): string {
  const shown = word.test(keyword) ? keyword : 'a word of illegal form';
  return `haproxy_server_options: ${shown} is not allowed from the registry`;
}
