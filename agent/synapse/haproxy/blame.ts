/** Which servers HAProxy means when it refuses a file. */

/**
 * True when `complaint` is about the server: by the number of its line, as in
 * `[ALERT] (1) : config : [haproxy.cfg:12] : 'server web/a' : …`, or by its name, as in
 * `[ALERT] (1) : config : backend 'web': server 'a' uses …`.
 */
export function isAbout(complaint: string, { backend, server, lineNumber }: ServerPlace): boolean {
  const numbers = [...complaint.matchAll(/\[[^\]\s]*:(\d+)\]/g)].map(([, digits]) =>
    Number(digits),
  );
  if (numbers.includes(lineNumber)) return true;
  if (complaint.includes(`'server ${backend}/${server}'`)) return true;
  return complaint.includes(`'${backend}'`) && complaint.includes(`'${server}'`);
}

export interface ServerPlace {
  readonly backend: string;
  readonly server: string;
  /** 1-based. */
  readonly lineNumber: number;
}
