import { expect } from 'chai';
import { judgeFailures } from '../../../integration/harness/failures.ts';
import { limits } from '../../../integration/harness/limits.ts';
import type { Failed, TrafficRecord } from '../../../integration/traffic/record.ts';

function failed(over: Partial<Failed>): TrafficRecord {
  return {
    ...{ host: 'web_1', service: 'shop', kind: 'http-fresh', ok: false, cause: 'reset' },
    ...{ atMs: 1_000, startedAtMs: 1_000, latencyMs: 10 },
    ...over,
  };
}

/** What was broken from 1500 on, and had been by 1520. */
const cut = { fromAtMs: 1_500, atMs: 1_520 };

function count(records: readonly TrafficRecord[], expectations = {}): number | undefined {
  return judgeFailures(records, [cut], [expectations], cut.fromAtMs)[0]?.measured;
}

describe('judging failed requests', () => {
  it('counts every failed HTTP request, whenever its connection was opened', () => {
    const records = [
      failed({ connectedAtMs: 100, atMs: 1_510 }),
      failed({ kind: 'http-keepalive', connectedAtMs: 100, atMs: 1_510 }),
    ];
    expect(count(records)).to.equal(2);
  });

  it('forgives a TCP connection from before the fault that ends with it', () => {
    const held = { kind: 'tcp-held', connectedAtMs: 100 } as const;
    expect(count([failed({ ...held, atMs: 1_495, latencyMs: 5 })])).to.equal(0);
    expect(count([failed({ ...held, atMs: 1_510 })])).to.equal(0);
    expect(count([failed({ ...held, connectedAtMs: 1_519, atMs: 1_519 })])).to.equal(0);
  });

  it('counts a TCP connection that ends before the fault or long after it, or was opened since', () => {
    const held = { kind: 'tcp-held', connectedAtMs: 100 } as const;
    expect(count([failed({ ...held, atMs: 1_480, latencyMs: 10 })])).to.equal(1);
    expect(count([failed({ ...held, connectedAtMs: 1_520, atMs: 1_530 })])).to.equal(1);
    expect(count([failed({ ...held, atMs: 20_000 })])).to.equal(1);
  });

  it('counts a TCP connection that was never opened', () => {
    expect(count([failed({ kind: 'tcp-fresh', atMs: 1_510, cause: 'refused' })])).to.equal(1);
  });

  it('forgives what a drill says may fail, and nothing else', () => {
    const records = [failed({ host: 'web_1' }), failed({ host: 'web_2' })];
    expect(count(records, { mayFail: ({ host }: TrafficRecord) => host === 'web_1' })).to.equal(1);
  });

  it("judges by a drill's own limits where it has some, and always what failed before the fault", () => {
    const judged = judgeFailures(
      [failed({ atMs: 1_400 }), failed({ atMs: 1_600 }), failed({ atMs: 9_000 })],
      [cut],
      [{ failures: [{ limit: limits.failedLater, counts: ({ atMs }) => atMs > 3_520 }] }],
      cut.fromAtMs,
    );
    expect(judged).to.deep.equal([
      { ...limits.failedBefore, measured: 1, passed: false },
      { ...limits.failedLater, measured: 1, passed: false },
    ]);
  });
});
