import type { DrillOutcome, DrillSet, PlayedDrill } from '../harness/outcome.ts';
import { type Html, html, nothing } from './html.ts';
import { count, failedByCause, timeKeys, timeNames, timeOf, totalOf } from './words.ts';

const heads = [
  'Drill',
  'Result',
  ...timeKeys.map((key) => timeNames[key]),
  'sent',
  'failed',
  'reloads',
] as const;

export const marks: Readonly<Record<DrillOutcome['result'], string>> = {
  passed: '✓ passed',
  failed: '✗ failed',
  skipped: '– skipped',
};

/** Where the section of a drill is found in the page. */
export function anchorOf(index: number): string {
  return `drill-${index + 1}`;
}

/** All drills of a run, by set; on a phone each row becomes a card, its cells labelled. */
export function summaryTable(drills: readonly DrillOutcome[]): Html {
  const numbered = drills.map((drill, index) => ({ drill, anchor: anchorOf(index) }));
  const sets = [...Map.groupBy(numbered, ({ drill }) => drill.set)];
  return html`<table class="drills">
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
${sets.map(([set, list]) => setRows(set, list))}
</table>`;
}

interface Numbered {
  readonly drill: DrillOutcome;
  readonly anchor: string;
}

function setRows(set: DrillSet, list: readonly Numbered[]): Html {
  return html`<tbody>
<tr class="set"><th colspan="${heads.length}" scope="colgroup">${set}</th></tr>
${list.map(({ drill, anchor }) => row(drill, anchor))}
</tbody>
`;
}

function row(drill: DrillOutcome, anchor: string): Html {
  const { title, result } = drill;
  const name = html`<th scope="row"><a href="#${anchor}">${title}</a></th>`;
  const head = html`${name}<td class="${result}">${marks[result]}</td>`;
  if (drill.result === 'skipped') {
    return html`<tr>${head}<td class="why" colspan="${heads.length - 2}">${drill.because}</td></tr>
`;
  }
  return html`<tr>${head}${figures(drill)}</tr>
`;
}

function figures({ times, traffic, reloads }: PlayedDrill): readonly Html[] {
  return [
    ...timeKeys.map((key) => cell(timeNames[key], timeOf(times, key))),
    cell('sent', count(traffic.sent)),
    cell('failed', failedByCause(traffic)),
    cell('reloads', count(totalOf(reloads))),
  ];
}

function cell(label: string, text: string): Html {
  return text === '' ? nothing : html`<td data-label="${label}">${text}</td>`;
}
