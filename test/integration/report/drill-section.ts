import type { DrillOutcome, PlayedDrill } from '../harness/outcome.ts';
import { failureTable, limitsTable, logBlocks, noteList, wrongs } from './findings.ts';
import { type Html, html } from './html.ts';
import { marks } from './summary-table.ts';
import { timeline } from './timeline/timeline.ts';
import {
  count,
  dayAndTime,
  failedByCause,
  length,
  timeKeys,
  timeNames,
  timeOf,
  totalOf,
} from './words.ts';

/** Everything that is known of one drill. */
export function drillSection(drill: DrillOutcome, anchor: string): Html {
  const { title, result, set, about } = drill;
  return html`<section id="${anchor}">
<h2>${title} <span class="badge ${result}">${marks[result]}</span></h2>
<p class="about">${about}</p>
${drill.result === 'skipped' ? html`<p class="why">Skipped: ${drill.because}</p>` : played(drill)}
<p class="foot">${[set, ...footOf(drill)].join(' · ')}</p>
</section>`;
}

function played(drill: PlayedDrill): Html {
  return html`${figures(drill)}
${wrongs(drill)}
${timeline(drill)}
${limitsTable(drill.limits)}
${noteList(drill.notes)}
${failureTable(drill)}
${logBlocks(drill)}`;
}

function figures({ times, traffic, reloads }: PlayedDrill): Html {
  const known = timeKeys.filter((key) => times[key] !== undefined);
  const pairs = [
    ...known.map((key) => [timeNames[key], timeOf(times, key)] as const),
    ['sent', count(traffic.sent)] as const,
    ['failed', failedByCause(traffic)] as const,
    ['reloads', reloadWords(reloads)] as const,
  ];
  return html`<dl class="figures">${pairs.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

/** `0`, or `3: 2 on service_a_node_1, 1 on service_b_node_1`. */
function reloadWords(reloads: Readonly<Record<string, number>>): string {
  const total = totalOf(reloads);
  const some = Object.entries(reloads).filter(([, times]) => times > 0);
  const where = some.map(([host, times]) => `${count(times)} on ${host}`).join(', ');
  return total === 0 ? '0' : `${count(total)}: ${where}`;
}

function footOf(drill: DrillOutcome): readonly string[] {
  const seed = drill.seed === undefined ? [] : [`seed ${drill.seed}`];
  if (drill.result === 'skipped') return seed;
  const { startedAtMs, endedAtMs } = drill;
  return [...seed, dayAndTime(startedAtMs), `took ${length(endedAtMs - startedAtMs)}`];
}
