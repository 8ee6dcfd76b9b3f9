import { expect } from 'chai';
import { drillSection } from '../../../integration/report/drill-section.ts';
import { limitsTable } from '../../../integration/report/findings.ts';
import { page } from '../../../integration/report/page.ts';
import { summaryTable } from '../../../integration/report/summary-table.ts';
import { timeline } from '../../../integration/report/timeline/timeline.ts';
import { failedDrill, passedDrill, sampleRun, skippedDrill } from './sample.ts';

describe('the report', () => {
  const text = page(sampleRun);

  it('needs nothing but itself: no script, no style, no picture from elsewhere', () => {
    expect(text).to.not.match(/<script|<link|<img|<iframe|url\(|@import|https?:|\bon\w+=/i);
  });

  it('is one whole page that says at once how it went', () => {
    expect(text)
      .to.match(/^<!doctype html>\n<html lang="en">/)
      .and.to.match(/<\/html>\n$/);
    expect(text).to.include('<title>✗ 1 of 2 failed: SmartStack drills on st&lt;a&gt;ck</title>');
    expect(text).to.include('<span class="badge failed">✗ 1 of 2 failed</span>');
    expect(text).to.include(
      '<p>Set quick on stack st&lt;a&gt;ck (hosts), version 1.2.3, 2026-01-31 12:00 UTC, 3 min 0 s.</p>\n' +
        '<p>Hosts: 1 × zookeeper, 2 × service.</p>',
    );
  });

  it('lets no words of hosts become markup', () => {
    for (const part of [
      '<script>',
      '</pre><script>',
      '<b>bold',
      '<it>',
      '<i>',
      '<503>',
      '\u001b',
    ]) {
      expect(text).to.not.include(part);
    }
    expect(text).to.include('&lt;/pre&gt;&lt;script&gt;&amp;');
  });

  it('says that nothing was played', () => {
    const idle = page({ ...sampleRun, drills: [skippedDrill] });
    expect(idle).to.include('<span class="badge skipped">none played</span>');
  });

  it('has a row for each drill, under its set, leading to its section', () => {
    const table = summaryTable([passedDrill, failedDrill, skippedDrill]).text;
    expect(table).to.include(
      '<tr><th scope="row"><a href="#drill-1">good</a></th><td class="passed">✓ passed</td>' +
        '<td data-label="detected">0.12 s</td><td data-label="traffic moved">0.21 s</td>' +
        '<td data-label="recovered">1.20 s</td><td data-label="sent">40</td>' +
        '<td data-label="failed">0</td><td data-label="reloads">0</td></tr>\n',
    );
    expect(table).to.include(
      '<td data-label="sent">1,204</td>' +
        '<td data-label="failed">2: 1 refused, 1 status &lt;503&gt;</td>' +
        '<td data-label="reloads">1</td>',
    );
    expect(table).to.include(
      '<td class="skipped">– skipped</td><td class="why" colspan="6">hosts &lt;cannot&gt; be switched off</td>',
    );
    const sets = [...table.matchAll(/scope="colgroup">(\w+)</g)].map(([, set]) => set);
    expect(sets).to.deep.equal(['tutorial', 'production']);
  });

  it('shows every limit beside what was measured', () => {
    expect(limitsTable(failedDrill.limits).text).to.include(
      '<tr class="failed"><th scope="row">failed &lt;requests&gt;</th><td>0 requests</td><td>✗ 2</td></tr>\n' +
        '<tr class="failed"><th scope="row">gone</th><td>13.0 s</td><td>✗ never</td></tr>\n' +
        '<tr class="passed"><th scope="row">out</th><td>1.00 s</td><td>✓ 0.25 s</td></tr>\n',
    );
  });

  it('tells in a section what was wrong, with its log lines', () => {
    const section = drillSection(failedDrill, 'drill-2').text;
    expect(section).to.include('<section id="drill-2">');
    expect(section).to.include(
      '<li><b>views agree</b> on one: it has &lt;script&gt;alert(1)&lt;/script&gt;</li>\n' +
        '<li>no &#39;answer&#39; \ufffd[2J from &lt;it&gt;</li>\n',
    );
    expect(section).to.include('<div><dt>reloads</dt><dd>1: 1 on one</dd></div>');
    expect(section).to.include(
      '<tr><td>+1.2 s</td><td>one</td><td>service_&lt;a&gt;</td>' +
        '<td>HTTP, a connection each</td><td>4 ms</td><td>refused</td></tr>',
    );
    expect(section).to.include('<p>… and 1 more</p>');
    expect(section).to.include(
      '<details class="log" open><summary>one: synapse, 1 line</summary>\n' +
        '<pre>+1.1 s  &lt;/pre&gt;&lt;script&gt;&amp;</pre>',
    );
    expect(section).to.not.include('two: nerve');
    expect(section).to.include('production · seed 7 · 1970-01-01 00:16 UTC · took 4.00 s');
  });

  it('keeps a section short where all was well', () => {
    const section = drillSection(passedDrill, 'drill-1').text;
    expect(section).to.not.match(/class="(wrongs|log|failures|notes)"/);
  });

  it('says why a drill was skipped', () => {
    expect(drillSection(skippedDrill, 'drill-3').text).to.equal(
      '<section id="drill-3">\n<h2>power <span class="badge skipped">– skipped</span></h2>\n' +
        '<p class="about">No power.</p>\n' +
        '<p class="why">Skipped: hosts &lt;cannot&gt; be switched off</p>\n' +
        '<p class="foot">production</p>\n</section>',
    );
  });

  it('draws phases, faults, requests and the slowest answers on one scale', () => {
    const picture = timeline(failedDrill).text;
    expect(picture).to.include(
      '<span style="left:25%;width:50%" title="break 2.00 s"><em>break</em></span>',
    );
    expect(picture).to.include(
      '<span style="left:25%;width:50%" title="kill &lt;it&gt; (one), 2.00 s"><em>kill &lt;it&gt;</em></span>',
    );
    expect(picture).to.include('<i class="band" style="left:25%;width:50%"></i>');
    expect(picture).to.include(
      '<svg viewBox="0 0 4 100" preserveAspectRatio="none" aria-hidden="true">' +
        '<path class="ok" d="M0 100V0H1V100ZM1 100V20H2V100ZM2 100V0H4V100Z"/>' +
        '<path class="failed" d="M1 20V0H2V20Z"/></svg>',
    );
    expect(picture).to.include(
      '<path class="slow" d="M0 100V75H1V100ZM1 100V0H2V100ZM2 100V75H4V100Z"/>',
    );
    expect(picture).to.include('<p>steady 1.00 s · break 2.00 s · judge 1.00 s</p>');
    expect(picture).to.include('<p>+1.0 s: kill &lt;it&gt; on one, for 2.00 s</p>');
  });

  it('tells a phase once, however often a drill came to it', () => {
    const [steady, broken] = failedDrill.phases;
    if (steady === undefined || broken === undefined) throw new Error('the sample has no phases');
    const phases = [steady, broken, { ...broken, fromAtMs: 1_002_500 }];
    const picture = timeline({ ...failedDrill, phases }).text;
    expect(picture).to.include('<p>steady 1.00 s · break 2.50 s (2 ×)</p>');
  });

  it('draws traffic that began after the drill where it belongs', () => {
    const traffic = { ...failedDrill.traffic, fromAtMs: 1_002_000 };
    expect(timeline({ ...failedDrill, traffic }).text).to.include('<svg viewBox="-2 0 4 100"');
  });
});
