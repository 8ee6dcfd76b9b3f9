import { expect } from 'chai';
import { LiveProgress } from '../../../../../infra/cli/progress/live.ts';
import { planList } from '../../../../../infra/cli/progress/plan-list.ts';
import { duration } from '../../../../../infra/cli/progress/step-line.ts';
import { createStyle, wantsColours } from '../../../../../infra/cli/progress/style.ts';
import {
  counted,
  emptyTally,
  failureReport,
  summaryLine,
} from '../../../../../infra/cli/progress/summary.ts';
import { table } from '../../../../../infra/cli/progress/table.ts';
import type { EngineEvent, Failure, PropertyChange } from '../../../../../infra/engine/events.ts';
import type { StepKind } from '../../../../../infra/engine/plan.ts';

const plain = createStyle(false);
const step = (name: string, kind: StepKind | 'same' = 'update') => ({
  ...{ urn: name, name, kind },
  type: 't',
});
const change = (parts: Partial<PropertyChange>): PropertyChange => ({
  ...{ key: 'stdin', before: undefined, after: undefined, secret: false, unknown: false },
  ...parts,
});

describe('progress', () => {
  it('lists a plan host by host, with short diffs', () => {
    const before = 'one\ntwo\nthree\nfour\n';
    const changes = [change({ before, after: before.replace('three', '3') })];
    const lines = planList(
      [
        { kind: 'planned', step: step('a/etc/file'), changes },
        { kind: 'planned', step: step('b/unit', 'create'), changes: [] },
        { kind: 'planned', step: step('a/old', 'delete'), changes: [] },
      ],
      plain,
    );
    expect(lines).to.deep.equal([
      '',
      'a',
      '  ~ etc/file update',
      '      stdin:',
      '         two',
      '        -three',
      '        +3',
      '         four',
      '  - old delete',
      '',
      'b',
      '  + unit create',
    ]);
  });

  it('shows nothing of a secret', () => {
    const planned = {
      kind: 'planned',
      step: step('a/b'),
      changes: [change({ secret: true })],
    } as const;
    expect(planList([planned], plain).at(-1)).to.equal('      stdin: [secret] changes');
  });

  it('tells the same trouble of one host once', () => {
    const failure = (name: string): Failure => ({
      ...{ name, message: 'a:22: no answer', lastLines: ['last'], hint: 'switch it on' },
    });
    const failures = [failure('a/x'), failure('a/y'), failure('b/x')];
    const result = { programErrors: [], failures, interrupted: false, outputs: {} };
    expect(failureReport(result, plain)).to.deep.equal([
      '',
      'a/x (and 1 more steps on this host)',
      ...['  a:22: no answer', '  │ last', '  → switch it on'],
      '',
      'b/x',
      ...['  a:22: no answer', '  │ last', '  → switch it on'],
    ]);
  });

  it('sums up', () => {
    const events: EngineEvent[] = [
      { kind: 'finished', step: step('a', 'create'), ms: 1 },
      { kind: 'finished', step: step('b', 'replace'), ms: 1 },
      { kind: 'unchanged', step: step('c', 'same') },
      { kind: 'skipped', step: step('d', 'create'), because: '' },
    ];
    const tally = events.reduce(counted, emptyTally);
    expect(summaryLine('up', tally, 83_400, plain)).to.equal(
      '1 created, 1 updated, 0 deleted, 1 unchanged, 1 skipped in 1 min 23 s',
    );
  });

  it('redraws what runs, and lets what is done scroll up', () => {
    const written: string[] = [];
    const terminal = { columns: 60, rows: 20, write: (text: string) => void written.push(text) };
    const live = new LiveProgress(terminal, plain);
    live.event({ kind: 'started', step: step('h/a') });
    live.event({ kind: 'finished', step: step('h/a'), ms: 100 });
    live.end();
    expect(written.join('')).to.equal('✓ h                  a updated in 0.1 s\n');
  });

  it('gives durations a person reads', () => {
    expect([240, 9_940, 9_960, 59_400, 125_000].map(duration)).to.deep.equal([
      '0.2 s',
      '9.9 s',
      '10 s',
      '59 s',
      '2 min 5 s',
    ]);
  });

  it('aligns tables', () => {
    expect(
      table([
        ['A', 'LONG'],
        ['abc', 'x', 'y'],
      ]),
    ).to.deep.equal(['A    LONG', 'abc  x     y']);
  });

  it('colours only where that is wanted', () => {
    expect(wantsColours({ isTTY: true }, {})).to.equal(true);
    expect(wantsColours({ isTTY: true }, { NO_COLOR: '1' })).to.equal(false);
    expect(wantsColours({}, { FORCE_COLOR: '1' })).to.equal(true);
    expect(wantsColours({}, {})).to.equal(false);
  });
});
