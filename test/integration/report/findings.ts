/** What was judged in a drill: its limits, then all else that was wrong. */
import type { Failure, JudgedLimit, LogExcerpt, PlayedDrill } from '../harness/outcome.ts';
import { type Html, html, nothing } from './html.ts';
import { momentsOf, nearestLines } from './nearest-lines.ts';
import { amount, count, figure, kindNames, length, since } from './words.ts';

export function limitsTable(limits: readonly JudgedLimit[]): Html {
  if (limits.length === 0) return nothing;
  return html`<table class="limits">
${columnHeads(['Limit', 'at most', 'measured'])}
<tbody>
${limits.map(limitRow)}</tbody>
</table>`;
}

function limitRow({ name, limit, measured, unit, passed }: JudgedLimit): Html {
  const found = measured === undefined ? 'never' : figure(measured, unit);
  const cells = [amount(limit, unit), `${passed ? '✓' : '✗'} ${found}`];
  return html`<tr class="${passed ? 'passed' : 'failed'}">${rowHead(name)}${cells.map(cell)}</tr>\n`;
}

function rowHead(text: string): Html {
  return html`<th scope="row">${text}</th>`;
}

function columnHeads(texts: readonly string[]): Html {
  return html`<thead><tr>${texts.map((text) => html`<th scope="col">${text}</th>`)}</tr></thead>`;
}

function cell(text: string): Html {
  return html`<td>${text}</td>`;
}

/** Violations of laws and errors, in red; nothing where all was well. */
export function wrongs({ lawViolations, errors }: PlayedDrill): Html {
  const laws = lawViolations.map(({ law, host, what }) => {
    const where = host === undefined ? '' : ` on ${host}`;
    return html`<li><b>${law}</b>${where}: ${what}</li>\n`;
  });
  const others = errors.map((error) => html`<li>${error}</li>\n`);
  const all = [...laws, ...others];
  return all.length === 0 ? nothing : html`<ul class="wrongs">\n${all}</ul>`;
}

export function noteList(notes: readonly string[]): Html {
  if (notes.length === 0) return nothing;
  return html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`;
}

const shownFailures = 20;

/** The first requests that failed, one by one; no news where they were within the limits. */
export function failureTable({ traffic, startedAtMs, result }: PlayedDrill): Html {
  const shown = traffic.failures.slice(0, shownFailures);
  if (shown.length === 0) return nothing;
  const more = traffic.failed - shown.length;
  return html`<details class="failures"${result === 'failed' ? html` open` : nothing}><summary>Failed requests</summary>
<div class="wide"><table>
${columnHeads(['at', 'on', 'asked', 'how', 'took', 'cause'])}
<tbody>
${shown.map((failure) => failureRow(failure, startedAtMs))}</tbody>
</table></div>
${more > 0 ? html`<p>… and ${count(more)} more</p>` : nothing}
</details>`;
}

function failureRow(failure: Failure, startedAtMs: number): Html {
  const { host, service, kind, atMs, latencyMs, cause } = failure;
  const cells = [
    ...[since(atMs, startedAtMs), host, service, kindNames[kind], length(latencyMs), cause],
  ];
  return html`<tr>${cells.map(cell)}</tr>\n`;
}

const shownLines = 200;
const longestLine = 1_000;

/** Log lines around what failed, a block for each unit of a host. */
export function logBlocks(drill: PlayedDrill): readonly Html[] {
  const moments = momentsOf(drill);
  return drill.logs
    .filter(({ lines }) => lines.length > 0)
    .map((excerpt) => logBlock(excerpt, moments, drill.startedAtMs));
}

function logBlock(
  { host, unit, lines }: LogExcerpt,
  moments: readonly number[],
  startedAtMs: number,
): Html {
  const shown = nearestLines(lines, moments, shownLines);
  const hidden = lines.length - shown.length;
  const text = shown.map(
    ({ atMs, text: words }) => `${since(atMs, startedAtMs)}  ${words.slice(0, longestLine)}`,
  );
  const size = lines.length === 1 ? '1 line' : `${count(lines.length)} lines`;
  const less = hidden === 0 ? '' : `, ${count(hidden)} further away left out`;
  return html`<details class="log"${opened(shown.length)}><summary>${host}: ${unit}, ${size}${less}</summary>
<pre>${text.join('\n')}</pre>
</details>`;
}

const shortEnough = 25;

function opened(lines: number): Html {
  return lines <= shortEnough ? html` open` : nothing;
}
