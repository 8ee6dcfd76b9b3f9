/**
 * The picture of a drill: phases and faults above, below them for each kind of traffic what was
 * answered and what failed, and the slowest answers. Drawn in percents, so that it fits a phone;
 * words are HTML, which does not shrink with it.
 */
import type { FaultWindow, Phase, PlayedDrill } from '../../harness/outcome.ts';
import { type Html, html, nothing } from '../html.ts';
import { count, kindNames, length, since } from '../words.ts';
import { height, outline, stack } from './columns.ts';
import { faultRows } from './fault-rows.ts';
import { type Lane, type Lanes, lanesOf } from './lanes.ts';
import { stretch, type TimeScale, ticks } from './scale.ts';

export function timeline(drill: PlayedDrill): Html {
  const { startedAtMs, endedAtMs, traffic } = drill;
  const scale = { fromAtMs: startedAtMs, spanMs: Math.max(1, endedAtMs - startedAtMs) };
  const lanes = lanesOf(traffic);
  const box = viewBox(scale, traffic.fromAtMs, lanes.columnMs);
  return html`<figure class="timeline">
${phaseStrip(drill, scale)}
${faultStrips(drill, scale)}
<div class="lanes">
${shades(drill, scale)}
${lanes.lanes.map((lane) => laneOf(lane, lanes.most, box))}
${slowestLane(lanes, box)}
</div>
<div class="axis">${ticks(scale).map(
    ({ left, text }) => html`<span style="left:${left}%">${text}</span>`,
  )}</div>
${caption(drill, rate(lanes))}
</figure>`;
}

function phaseStrip({ phases }: PlayedDrill, scale: TimeScale): Html {
  return html`<div class="strip phases">${phases.map(({ name, fromAtMs, toAtMs }) =>
    bar(scale, name, `${name} ${length(toAtMs - fromAtMs)}`, fromAtMs, toAtMs),
  )}</div>`;
}

function faultStrips({ faults }: PlayedDrill, scale: TimeScale): readonly Html[] {
  return faultRows(faults).map(
    (row) =>
      html`<div class="strip faults">${row.map(({ what, hosts, fromAtMs, toAtMs }) => {
        const title = `${what} (${hosts.join(', ')}), ${length(toAtMs - fromAtMs)}`;
        return bar(scale, what, title, fromAtMs, toAtMs);
      })}</div>`,
  );
}

/** Its text goes where it does not fit; the title stays. */
function bar(scale: TimeScale, text: string, title: string, fromMs: number, toMs: number): Html {
  const { left, width } = stretch(scale, fromMs, toMs);
  const at = `left:${left}%;width:${width}%`;
  return html`<span style="${at}" title="${title}"><em>${text}</em></span>`;
}

/** Behind the lanes: where phases begin, and when something was broken. */
function shades({ phases, faults }: PlayedDrill, scale: TimeScale): readonly Html[] {
  const marks = phases.slice(1).map(({ fromAtMs }) => {
    const { left } = stretch(scale, fromAtMs, fromAtMs);
    return html`<i class="mark" style="left:${left}%"></i>`;
  });
  const bands = faults.map(({ fromAtMs, toAtMs }) => {
    const { left, width } = stretch(scale, fromAtMs, toAtMs);
    return html`<i class="band" style="left:${left}%;width:${width}%"></i>`;
  });
  return [...bands, ...marks];
}

function laneOf(lane: Lane, most: number, box: string): Html {
  const { ok, failed } = stack(lane.ok, lane.failed, most);
  const bad = sum(lane.failed);
  const words = `${count(sum(lane.ok) + bad)} requests`;
  const wrong = bad === 0 ? nothing : html`, <b>${count(bad)} failed</b>`;
  return html`<div class="lane"><p>${kindNames[lane.kind]} <small>${words}${wrong}</small></p>
${picture(box, [
  html`<path class="ok" d="${outline(ok)}"/>`,
  html`<path class="failed" d="${outline(failed)}"/>`,
])}</div>`;
}

function slowestLane({ slowestMs }: Lanes, box: string): Html {
  const slowest = Math.max(0, ...slowestMs);
  if (slowest === 0) return nothing;
  const columns = slowestMs.map((ms) => ({ from: 0, to: (ms / slowest) * height }));
  return html`<div class="lane"><p>Slowest answer <small>up to ${length(slowest)}</small></p>
${picture(box, [html`<path class="slow" d="${outline(columns)}"/>`])}</div>`;
}

// The words beside it say what it shows.
function picture(box: string, paths: readonly Html[]): Html {
  return html`<svg viewBox="${box}" preserveAspectRatio="none" aria-hidden="true">${paths}</svg>`;
}

/** Of the whole drill, in columns: traffic may begin after it and end before it. */
function viewBox({ fromAtMs, spanMs }: TimeScale, firstAtMs: number, columnMs: number): string {
  const columns = (ms: number): number => Math.round((ms / columnMs) * 100) / 100;
  return `${columns(fromAtMs - firstAtMs)} 0 ${columns(spanMs)} ${height}`;
}

function rate({ most, columnMs }: Lanes): string {
  return `full height: ${Math.round((most * 1_000) / columnMs)} requests/s`;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** What the picture shows, in words: for those who cannot see it, and for narrow screens. */
function caption({ phases, faults, startedAtMs }: PlayedDrill, scaleWords: string): Html {
  return html`<figcaption>
<p>${[key('ok', 'answered'), key('failed', 'failed'), key('band', 'broken'), key('', scaleWords)]}</p>
<p>${phaseWords(phases)}</p>
${faultList(faults.map((fault) => faultWords(fault, startedAtMs)))}
</figcaption>`;
}

/** A drill of many faults comes to each phase again and again: told once, with its whole time. */
function phaseWords(phases: readonly Phase[]): string {
  return [...Map.groupBy(phases, ({ name }) => name)]
    .map(([name, list]) => {
      const times = list.length === 1 ? '' : ` (${list.length} ×)`;
      return `${name} ${length(sum(list.map(({ fromAtMs, toAtMs }) => toAtMs - fromAtMs)))}${times}`;
    })
    .join(' · ');
}

function key(name: string, text: string): Html {
  return html`<span class="key ${name}">${text}</span> `;
}

/** More than these are shown on demand. */
const fewFaults = 5;

function faultList(lines: readonly string[]): Html | readonly Html[] {
  const list = lines.map((line) => html`<p>${line}</p>`);
  if (lines.length <= fewFaults) return list;
  return html`<details><summary>${count(lines.length)} faults</summary>${list}</details>`;
}

/** `+6.0 s: kill -9 of service_a on service_a_node_1, for 3.20 s`. */
function faultWords({ what, hosts, fromAtMs, toAtMs }: FaultWindow, startedAtMs: number): string {
  const where = hosts.length === 0 ? '' : ` on ${hosts.join(', ')}`;
  return `${since(fromAtMs, startedAtMs)}: ${what}${where}, for ${length(toAtMs - fromAtMs)}`;
}
