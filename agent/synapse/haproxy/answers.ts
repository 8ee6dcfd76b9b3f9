/** What HAProxy says of itself on its sockets. Source: its management guide, section 9.3. */
import { fingerprintIn } from './global-section.ts';
import { StateRow } from './state-row.ts';

/** An answer that is none: of a process about to leave, or of another format. */
export class AnswerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AnswerError';
  }
}

export interface ProcessInfo {
  readonly pid: number;
  readonly version: string;
  /** Of the text it runs; `undefined` where synapse did not write that. */
  readonly fingerprint: string | undefined;
}

/** An operator's view of a server, set on the runtime socket. */
export type AdminState = 'ready' | 'drain' | 'maint';

export interface ActualServer {
  readonly backend: string;
  readonly backendId: number;
  readonly name: string;
  readonly id: number;
  /** `10.0.0.1` or `::1`. */
  readonly address: string;
  readonly port: number;
  readonly admin: AdminState;
  /** HAProxy would send it requests: running or starting, by its checks. */
  readonly up: boolean;
  readonly weight: number;
  /** That which the server was made with. */
  readonly initialWeight: number;
  /** What its own check says; `undecided` before the first one. */
  readonly check: 'none' | 'undecided' | 'passing' | 'failing';
  /** Added at run time, and its adding never finished: a check that was not switched on. */
  readonly unfinished: boolean;
}

/** Throws `AnswerError`. */
export function parseInfo(answer: string): ProcessInfo {
  const pid = Number(fieldOf(answer, 'Pid'));
  if (!Number.isInteger(pid) || pid <= 0) throw new AnswerError('show info: no process id');
  return {
    pid,
    version: fieldOf(answer, 'Version') ?? '',
    fingerprint: fingerprintIn(fieldOf(answer, 'description') ?? ''),
  };
}

/** A worker that a reload has replaced, or one that is told to go: it takes nothing new. */
export function isStopping(info: string): boolean {
  return fieldOf(info, 'Stopping') === '1';
}

/** Only what is wanted of some seventy lines: this is asked for all the time. */
function fieldOf(answer: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*)$`, 'm').exec(answer)?.[1]?.trim();
}

const stateFormat = '1';

/** Throws `AnswerError`. Columns are found by the names in the comment line: newer versions add some. */
export function parseServersState(answer: string): readonly ActualServer[] {
  const [version, heading = '', ...rows] = answer.split('\n');
  if (version !== stateFormat) throw new AnswerError('show servers state: unknown format');
  const names = heading.split(' ').slice(1);
  const columns = new Map(names.map((name, index) => [name, index]));
  const row = new StateRow();
  return rows
    .filter((text) => text !== '')
    .map((text) => {
      row.become(text);
      return parseServer((name) => row.cell(columns.get(name) ?? -1));
    });
}

const forcedMaint = 0x01;
const inheritedMaint = 0x02;
const configuredMaint = 0x04;
const forcedDrain = 0x08;
export const checkConfigured = 0x02;
export const checkEnabled = 0x04;
export const checkFailed = 2;
const checkPassed = 3;

function parseServer(text: (column: string) => string): ActualServer {
  const number = (column: string): number => Number(text(column));
  const admin = adminState(number('srv_admin_state'));
  const check = number('srv_check_state');
  return {
    backend: text('be_name'),
    backendId: number('be_id'),
    name: text('srv_name'),
    id: number('srv_id'),
    address: text('srv_addr'),
    port: number('srv_port'),
    admin,
    up: number('srv_op_state') !== 0,
    weight: number('srv_uweight'),
    initialWeight: number('srv_iweight'),
    check: checkResult(check, number('srv_check_result')),
    unfinished:
      admin === 'maint' && (check & checkConfigured) !== 0 && (check & checkEnabled) === 0,
  };
}

/** Source: `enum chk_result` of `include/haproxy/check-t.h`; 4 is a pass with conditions. */
function checkResult(state: number, result: number): ActualServer['check'] {
  const isOn = (state & checkConfigured) !== 0 && (state & checkEnabled) !== 0;
  if (!isOn) return 'none';
  if (result === checkFailed) return 'failing';
  return result >= checkPassed ? 'passing' : 'undecided';
}

function adminState(bits: number): AdminState {
  if (bits & (forcedMaint | inheritedMaint | configuredMaint)) return 'maint';
  return bits & forcedDrain ? 'drain' : 'ready';
}

/** Server → requests on it or waiting for it, from `show stat` limited to a backend's servers. */
export function parseLoads(answer: string): ReadonlyMap<string, number> {
  const [heading = '', ...rows] = answer.split('\n');
  const names = heading.replace(/^# /, '').split(',');
  const server = names.indexOf('svname');
  const counts = ['scur', 'qcur', 'used_conn_cur'].map((name) => names.indexOf(name));
  return new Map(
    rows.flatMap((row) => {
      const cells = row.split(',');
      const name = cells[server];
      if (name === undefined) return [];
      return [[name, sumOf(counts.map((column) => Number(cells[column])))] as const];
    }),
  );
}

/** What an older HAProxy does not count is no number. */
function sumOf(counts: readonly number[]): number {
  return counts.filter(Number.isFinite).reduce((sum, count) => sum + count, 0);
}
