/**
 * The words of a `server` line that may come from the registry (law 6): only listed ones, each with
 * a value of its kind. Neither `down` nor `backup`: a service with no other server is no service.
 *
 * Source: https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server, and its like for
 * streams.
 */
const number = /^\d{1,5}$/;

const allowed: ReadonlyMap<string, RegExp> = new Map([
  ['fail_timeout', /^\d{1,6}(?:ms|s|m|h)?$/],
  ['max_conns', number],
  ['max_fails', number],
  ['weight', /^[1-9]\d{0,3}$/],
]);

/** `undefined` where all of them may stand there; never quotes what is of illegal form. */
export function whyNotNginxOptions(text: string): string | undefined {
  for (const option of text.split(/\s+/).filter((one) => one !== '')) {
    const [, name = '', value = ''] = /^(\w{1,50})(?:=(.*))?$/.exec(option) ?? [];
    const pattern = allowed.get(name);
    if (pattern === undefined) {
      return `${name === '' ? 'a word of illegal form' : name} is not allowed from the registry`;
    }
    if (!pattern.test(value)) return `${name} has no legal value`;
  }
  return undefined;
}
