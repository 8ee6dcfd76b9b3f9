import type { Style } from '../progress/style.ts';
import { table } from '../progress/table.ts';
import type { HostStatus } from './host-status.ts';
import type { StatusReport } from './report.ts';

/** The report for people. */
export function statusTables(report: StatusReport, style: Style): readonly string[] {
  const hosts = Object.entries(report.hosts).map(([name, status]) => [
    name,
    status.address,
    ...(status.answers ? [memberWord(status), unitWords(status)] : ['', 'does not answer']),
  ]);
  const instances = Object.entries(report.services).flatMap(([service, list]) =>
    list.map(({ instance, health, registered, seenBy }) => [
      service,
      instance,
      health ?? 'unknown',
      registered ? 'yes' : 'no',
      Object.entries(seenBy)
        .map(([consumer, word]) => `${consumer}: ${word}`)
        .join('  '),
    ]),
  );
  return [
    `stack ${style.bold(report.stack)}, environment ${report.environment}`,
    '',
    ...coloured(table([['HOST', 'ADDRESS', 'ENSEMBLE', 'UNITS'], ...hosts]), style),
    '',
    ...coloured(
      table([['SERVICE', 'INSTANCE', 'HEALTH', 'REGISTERED', 'IN THE PROXIES OF'], ...instances]),
      style,
    ),
    '',
    ...verdict(report, style),
  ];
}

function memberWord(status: Extract<HostStatus, { answers: true }>): string {
  if (!status.roles.includes('zookeeper')) return '';
  return status.zookeeper?.mode ?? 'no answer';
}

function unitWords(status: Extract<HostStatus, { answers: true }>): string {
  return Object.entries(status.units)
    .map(([unit, { state }]) => (state === 'active' ? `${unit} ✓` : `${unit} ${state}`))
    .join('  ');
}

// Colours come after the widths are settled, and only on whole words.
function coloured(lines: readonly string[], style: Style): readonly string[] {
  const [head = '', ...rows] = lines;
  const paint = (row: string): string =>
    row
      .replace(/✓|\b(UP|up|yes|leader)\b/g, (word) => style.green(word))
      .replace(/\b(failed|inactive|absent|DOWN|down|no|does not answer|no answer)\b/g, (word) =>
        style.red(word),
      )
      .replace(/\b(activating|deactivating|MAINT|DRAIN)\b/g, (word) => style.yellow(word));
  return [style.bold(head), ...rows.map(paint)];
}

function verdict({ healthy, problems }: StatusReport, style: Style): readonly string[] {
  if (healthy) return [style.green('Everything is as it should be.')];
  return problems.map((problem) => `${style.red('✗')} ${problem}`);
}
