import { z } from 'zod';

export interface UnitStatus {
  /** systemd's ActiveState: `active`, `activating`, `failed`, `inactive` … */
  readonly state: string;
  readonly detail: string;
  readonly restarts: number;
}

/** `systemctl show` of several units: blocks of `Key=value`; units that do not exist are left out. */
export function parseUnits(text: string): Readonly<Record<string, UnitStatus>> {
  const blocks = text.split(/\n\s*\n/).map(
    (block) =>
      new Map(
        block.split('\n').map((line) => {
          const at = line.indexOf('=');
          return [line.slice(0, at), line.slice(at + 1)] as const;
        }),
      ),
  );
  return Object.fromEntries(
    blocks
      .filter((block) => block.get('LoadState') === 'loaded')
      .map((block) => [
        (block.get('Id') ?? '').replace(/\.service$/, ''),
        {
          state: block.get('ActiveState') ?? 'unknown',
          detail: block.get('SubState') ?? 'unknown',
          restarts: Number(block.get('NRestarts') ?? 0),
        },
      ]),
  );
}

export interface MemberStatus {
  /** `leader`, `follower`, `standalone`, or `none` for a member that serves nobody. */
  readonly mode: string;
  readonly version: string | undefined;
  readonly connections: number | undefined;
}

/** ZooKeeper's four-letter word `srvr`; without a quorum it says that it serves nobody. */
export function parseSrvr(text: string): MemberStatus | undefined {
  if (text === '') return undefined;
  const value = (key: string): string | undefined =>
    text.match(new RegExp(`^${key}: (.*)$`, 'm'))?.[1];
  const connections = value('Connections');
  return {
    mode: value('Mode') ?? 'none',
    version: value('Zookeeper version')?.split('-')[0],
    connections: connections === undefined ? undefined : Number(connections),
  };
}

/** The JSON body of an HTTP answer; `undefined` where there was none, or an error. */
export function parseHttpJson(text: string): unknown {
  const [head = '', ...body] = text.split(/\r?\n\r?\n/);
  if (!/^HTTP\/1\.[01] 200/.test(head)) return undefined;
  try {
    return JSON.parse(body.join('\n\n'));
  } catch {
    return undefined;
  }
}

export interface ProxyRow {
  readonly backend: string;
  readonly server: string;
  /** HAProxy's own word: `UP`, `DOWN`, `MAINT`, `DRAIN`, `no check` … */
  readonly status: string;
  readonly weight: number;
  readonly sessions: number;
}

const rowSchema = z.object({
  pxname: z.string(),
  svname: z.string(),
  status: z.string(),
  weight: z.coerce.number().catch(0),
  scur: z.coerce.number().catch(0),
});

/** The servers in HAProxy's `show stat` (CSV with a `# ` before its heading). */
export function parseShowStat(text: string): readonly ProxyRow[] {
  const [heading = '', ...lines] = text.split('\n').filter((line) => line !== '');
  const keys = heading.replace(/^# /, '').split(',');
  return lines.flatMap((line) => {
    const cells = line.split(',');
    const row = rowSchema.safeParse(Object.fromEntries(keys.map((key, at) => [key, cells[at]])));
    if (!row.success || ['FRONTEND', 'BACKEND'].includes(row.data.svname)) return [];
    const { pxname, svname, status, weight, scur } = row.data;
    return [{ backend: pxname, server: svname, status, weight, sessions: scur }];
  });
}
