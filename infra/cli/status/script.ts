import { paths, ports } from '../../render/paths.ts';

/**
 * A bash script that asks a host how it is. It needs nothing that a bare host lacks: bash speaks
 * TCP by itself, and Unix sockets are left to the Node that the agent brought. A part whose
 * daemon does not answer is empty. Each part stands under a line of its own: `@@ <part>`.
 */
export function statusScript(units: readonly string[]): string {
  const names = units.map((unit) => `${unit}.service`).join(' ');
  const show = 'systemctl show -p Id,LoadState,ActiveState,SubState,NRestarts';
  return [
    'export LC_ALL=C',
    'tell() { printf \'\\n@@ %s\\n\' "$1"; }',
    'ask() { timeout 5 bash -c \'exec 3<>"/dev/tcp/127.0.0.1/$0" && printf "$1" >&3 && cat <&3\' "$@" 2>/dev/null; }',
    'tell units',
    `${show} ${names}`,
    'tell zookeeper',
    `ask ${ports.zookeeper} 'srvr'`,
    'tell nerve',
    `ask ${ports.nerve} '${httpGet}'`,
    'tell synapse',
    `ask ${ports.synapse} '${httpGet}'`,
    'tell haproxy',
    `timeout 5 ${paths.release}/bin/node -e ${quoted(showStat)} 2>/dev/null`,
    'true',
  ].join('\n');
}

const httpGet = 'GET /status HTTP/1.0\\r\\nConnection: close\\r\\n\\r\\n';
const showStat =
  `const s = require("net").connect("${paths.haproxySocket}", () => s.end("show stat\\n"));` +
  's.pipe(process.stdout)';

function quoted(text: string): string {
  return `'${text}'`;
}

/** Splits the script's output into its parts. */
export function splitParts(output: string): ReadonlyMap<string, string> {
  const [, ...parts] = output.split(/^@@ /m);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end + 1).trim()] as const;
    }),
  );
}
