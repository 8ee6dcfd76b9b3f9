import { expect } from 'chai';
import { createStyle } from '../../../../infra/cli/progress/style.ts';
import { createProgress } from '../../../integration/report/progress.ts';
import { printable } from '../../../integration/report/terminal/drill-lines.ts';
import { drillTable } from '../../../integration/report/terminal/drill-table.ts';
import { failedDrill, passedDrill, skippedDrill } from './sample.ts';

describe('progress on the terminal', () => {
  const style = createStyle(false);

  function told(live: boolean): string {
    let text = '';
    const write = (part: string): void => {
      text += part;
    };
    const observer = createProgress({ write, live, style });
    for (const [at, drill] of [passedDrill, failedDrill, skippedDrill].entries()) {
      observer.began({ title: drill.title, set: drill.set, index: at + 1, of: 3 });
      if (drill.result !== 'skipped') observer.entered('steady');
      if (drill.result === 'failed') observer.noted('broke\u001b[2J it');
      observer.ended(drill);
    }
    return text;
  }

  const lines = [
    '▸ 1/3 tutorial: good',
    '  ✓ passed in 4.00 s: detected 0.12 s, traffic moved 0.21 s, recovered 1.20 s, 40 requests, failed 0, 0 reloads',
    '▸ 2/3 production: a <b>bold</b> drill',
    '  · broke it',
    '  ✗ failed in 4.00 s: detected 0.12 s, 1,204 requests, failed 2: 1 refused, 1 status <503>, 1 reload',
    '    ✗ failed <requests>: 2, at most 0 requests',
    '    ✗ gone: never, at most 13.0 s',
    '    ✗ views agree on one: it has <script>alert(1)</script>',
    "    ✗ no 'answer'  from <it>",
    '▸ 3/3 production: power',
    '  – skipped: hosts <cannot> be switched off',
  ];

  it('is a line for each thing that happened, in a log', () => {
    expect(told(false)).to.equal(`${lines.join('\n')}\n`);
  });

  it('shows the phase on the last line of a terminal, and leaves the same lines', () => {
    const text = told(true);
    expect(text).to.match(/ {2}steady … \d+ ms/);
    // A return to the line's start draws over what stands there.
    const parts = text.split('\r\u001b[K').map((part) => part.replace(/ {2}steady … \d+ ms$/, ''));
    const left = parts.join('');
    expect(left).to.equal(`${lines.join('\n')}\n`);
  });

  it('indents further lines, and keeps the cursor in place', () => {
    expect(printable('one\n\ttwo\r\u001b[31m three\u0007\n')).to.equal('one\n       two  three');
  });

  it('ends with a table', () => {
    expect(drillTable([passedDrill, failedDrill, skippedDrill], style)).to.deep.equal([
      'DRILL                RESULT     DETECTED  TRAFFIC MOVED  RECOVERED  SENT   FAILED                        RELOADS',
      'good                 ✓ passed   0.12 s    0.21 s         1.20 s     40     0                             0',
      'a <b>bold</b> drill  ✗ failed   0.12 s    –              –          1,204  2: 1 refused, 1 status <503>  1',
      'power                – skipped',
    ]);
  });
});
