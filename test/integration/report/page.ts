import type { DrillOutcome, PlayedDrill, RunOutcome } from '../harness/outcome.ts';
import { drillSection } from './drill-section.ts';
import { Html, html } from './html.ts';
import { pageStyle } from './page-style.ts';
import { anchorOf, summaryTable } from './summary-table.ts';
import { count, dayAndTime, length, totalOf } from './words.ts';

/** The whole report of a run: one page that needs nothing else, neither network nor scripts. */
export function page(run: RunOutcome): string {
  const { drills, stack } = run;
  const { passed, failed, skipped } = tally(drills);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${verdict(failed, passed)}: SmartStack drills on ${stack}</title>
<style>${new Html(pageStyle)}</style>
</head>
<body>
<header>
<h1>SmartStack drills ${badge(failed, passed)}</h1>
<p>${runWords(run)}</p>
<p>${hostWords(run)}</p>
<dl class="figures">${figures(run).map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}<div><dt>skipped</dt><dd>${skipped}</dd></div></dl>
</header>
<main>
${summaryTable(drills)}
${drills.map((drill, index) => drillSection(drill, anchorOf(index)))}
</main>
</body>
</html>
`.text;
}

function badge(failed: number, passed: number): Html {
  const result = failed > 0 ? 'failed' : passed > 0 ? 'passed' : 'skipped';
  return html`<span class="badge ${result}">${verdict(failed, passed)}</span>`;
}

function verdict(failed: number, passed: number): string {
  if (failed > 0) return `✗ ${failed} of ${failed + passed} failed`;
  return passed === 0 ? 'none played' : `✓ all ${passed} passed`;
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function tally(drills: readonly DrillOutcome[]): Tally {
  const having = (wanted: DrillOutcome['result']): number =>
    drills.filter(({ result }) => result === wanted).length;
  return { passed: having('passed'), failed: having('failed'), skipped: having('skipped') };
}

function runWords({ stack, target, set, version, startedAtMs, endedAtMs }: RunOutcome): string {
  const took = length(endedAtMs - startedAtMs);
  const where = stack === target ? `stack ${stack}` : `stack ${stack} (${target})`;
  return `Set ${set} on ${where}, version ${version}, ${dayAndTime(startedAtMs)}, ${took}.`;
}

/** `3 zookeeper hosts, 3 service hosts.` */
function hostWords({ hosts }: RunOutcome): string {
  const roles = [...Map.groupBy(hosts, ({ roles: list }) => list.join(' and '))];
  const words = roles.map(([role, list]) => `${list.length} × ${role}`);
  return `Hosts: ${words.join(', ')}.`;
}

function figures({ drills }: RunOutcome): readonly (readonly [string, string])[] {
  const played = drills.filter((drill): drill is PlayedDrill => drill.result !== 'skipped');
  const sum = (of: (drill: PlayedDrill) => number): string =>
    count(played.reduce((total, drill) => total + of(drill), 0));
  const { passed, failed } = tally(drills);
  return [
    ['requests sent', sum(({ traffic }) => traffic.sent)],
    ['requests failed', sum(({ traffic }) => traffic.failed)],
    ['reloads', sum(({ reloads }) => totalOf(reloads))],
    ['drills passed', count(passed)],
    ['failed', count(failed)],
  ];
}
