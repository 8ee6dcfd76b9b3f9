/** What was judged in a drill: its limits, then all else that was wrong. */
import type { Failure, JudgedLimit, LogExcerpt, PlayedDrill } from '../harness/outcome.ts';
import { type Html, html, nothing } from './html.ts';
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

/** The first requests that failed, one by one. */
export function failureTable({ traffic, startedAtMs }: PlayedDrill): Html {
  const shown = traffic.failures.slice(0, shownFailures);
  if (shown.length === 0) return nothing;
  const more = traffic.failed - shown.length;
  return html`<details class="failures"${opened(shown.length)}><summary>Failed requests</summary>
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

/** Log lines around what failed, a block for each unit of a host. */
export function logBlocks({ logs, startedAtMs }: PlayedDrill): readonly Html[] {
  return logs
    .filter(({ lines }) => lines.length > 0)
    .map((excerpt) => logBlock(excerpt, startedAtMs));
}

function logBlock({ host, unit, lines }: LogExcerpt, startedAtMs: number): Html {
  const last = lines.slice(-shownLines);
  const hidden = lines.length - last.length;
  const text = last.map(({ atMs, text: words }) => `${since(atMs, startedAtMs)}  ${words}`);
  const size = lines.length === 1 ? '1 line' : `${count(lines.length)} lines`;
  return html`<details class="log"${opened(last.length)}><summary>${host}: ${unit}, ${size}</summary>
<pre>${hidden > 0 ? `… ${count(hidden)} lines before\n` : ''}${text.join('\n')}</pre>
</details>`;
}

const shortEnough = 25;

function opened(lines: number): Html {
  return lines <= shortEnough ? html` open` : nothing;
}
