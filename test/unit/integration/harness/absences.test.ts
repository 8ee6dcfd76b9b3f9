import { expect } from 'chai';
import { type Absence, judgeAbsences } from '../../../integration/harness/absences.ts';
import type { Answered, TrafficRecord } from '../../../integration/traffic/record.ts';

const absence: Absence = {
  ...{ service: 'shop', instance: 'web_2', hosts: ['web_1', 'web_3'] },
  ...{ fromAtMs: 1_000, toAtMs: 2_000 },
};

function answered(over: Partial<Answered>): TrafficRecord {
  return {
    ...{ host: 'web_1', service: 'shop', kind: 'http-fresh', ok: true, instance: 'web_2' },
    ...{ atMs: 1_500, startedAtMs: 1_500, latencyMs: 5 },
    ...over,
  };
}

function count(record: TrafficRecord, one: Absence = absence): number | undefined {
  return judgeAbsences([record], [one])[0]?.measured;
}

describe('judging requests to what is out', () => {
  it('judges nothing where nothing was out', () => {
    expect(judgeAbsences([answered({})], [])).to.deep.equal([]);
  });

  it('counts a request that the instance answered', () => {
    expect(count(answered({}))).to.equal(1);
    expect(count(answered({ kind: 'http-keepalive', connectedAtMs: 100 }))).to.equal(1);
  });

  it('lets pass what another instance, service or host has to do with', () => {
    expect(count(answered({ instance: 'web_1' }))).to.equal(0);
    expect(count(answered({ service: 'cart' }))).to.equal(0);
    expect(count(answered({ host: 'web_2' }))).to.equal(0);
  });

  it('lets pass what was sent before it was out, or once it may be back', () => {
    expect(count(answered({ startedAtMs: 990, latencyMs: 900 }))).to.equal(0);
    expect(count(answered({ startedAtMs: 2_010 }))).to.equal(0);
    const { toAtMs: _, ...toTheEnd } = absence;
    expect(count(answered({ startedAtMs: 60_000 }), toTheEnd)).to.equal(1);
  });

  it('lets a TCP connection from before last, and counts one that was opened since', () => {
    expect(count(answered({ kind: 'tcp-held', connectedAtMs: 900 }))).to.equal(0);
    expect(count(answered({ kind: 'tcp-held', connectedAtMs: 1_400 }))).to.equal(1);
  });
});
