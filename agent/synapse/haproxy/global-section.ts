/** The `global` section: the user's lines, and what synapse needs besides. */
import type { HaproxyOptions } from '../../config/synapse-haproxy.ts';

/** Before 2.6 the next worker finds the listeners of the one before there alone, and binds none anew. */
const socketWords = 'mode 600 level admin expose-fd listeners';
const mark = /\bsynapse:([0-9a-f]{16})\b/;

export function globalLines(options: HaproxyOptions, fingerprint: string): readonly string[] {
  const given = options.global.filter((line) => keyword(line) !== 'description');
  const sockets = options.do_socket ? (options.socket_file_path ?? []) : [];
  const state = serverStatePath(options);
  const ours = [
    descriptionLine(options, fingerprint),
    ...(has(given, 'hard-stop-after') ? [] : [`hard-stop-after ${options.hard_stop_after}`]),
    ...(state === undefined || has(given, 'server-state-file')
      ? []
      : [`server-state-file ${state}`]),
    ...sockets
      .filter((socket) => !namesSocket(given, socket))
      .map((socket) => `stats socket ${socket} ${socketWords}`),
  ];
  return [...given, ...ours];
}

/** The fingerprint in the description that `show info` reports, if it is one of ours. */
export function fingerprintIn(description: string): string | undefined {
  return mark.exec(description)?.[1];
}

/** A path in the user's own `server-state-file` line takes precedence. */
export function serverStatePath(options: HaproxyOptions): string | undefined {
  if (!options.do_socket || !options.do_writes) return undefined;
  const own = options.global.find((line) => keyword(line) === 'server-state-file');
  const fallback = options.server_state_path ?? `${options.config_file_path}.servers`;
  return own?.trim().split(/\s+/)[1] ?? fallback;
}

function descriptionLine({ global }: HaproxyOptions, fingerprint: string): string {
  const own = global.findLast((line) => keyword(line) === 'description');
  const text = own?.trim().replace(/^description\s+/i, '');
  return ['description', ...(text ? [text] : []), `synapse:${fingerprint}`].join(' ');
}

function has(lines: readonly string[], name: string): boolean {
  return lines.some((line) => keyword(line) === name);
}

function namesSocket(lines: readonly string[], path: string): boolean {
  return lines.some(
    (line) => /^\s*stats\s+socket\s/.test(line) && line.split(/\s+/).includes(path),
  );
}

function keyword(line: string): string {
  return line.trim().split(/\s+/)[0]?.toLowerCase() ?? '';
}
