import type {
  PlayedDrill,
  RunOutcome,
  SkippedDrill,
} from '../../../integration/harness/outcome.ts';

/** A small drill that failed in every way, with hostile words wherever words come from hosts. */
export const failedDrill: PlayedDrill = {
  ...{ title: 'a <b>bold</b> drill', set: 'production', about: 'Breaks "a" & b.', seed: 7 },
  result: 'failed',
  ...{ startedAtMs: 1_000_000, endedAtMs: 1_004_000 },
  phases: [
    { name: 'steady', fromAtMs: 1_000_000, toAtMs: 1_001_000 },
    { name: 'break', fromAtMs: 1_001_000, toAtMs: 1_003_000 },
    { name: 'judge', fromAtMs: 1_003_000, toAtMs: 1_004_000 },
  ],
  faults: [{ what: 'kill <it>', hosts: ['one'], fromAtMs: 1_001_000, toAtMs: 1_003_000 }],
  times: { detectedMs: 120 },
  limits: [
    { name: 'failed <requests>', limit: 0, measured: 2, unit: 'requests', passed: false },
    { name: 'gone', limit: 13_000, unit: 'ms', passed: false },
    { name: 'out', limit: 1_000, measured: 250, unit: 'ms', passed: true },
  ],
  traffic: {
    ...{ fromAtMs: 1_000_000, bucketMs: 1_000, sent: 1_204, failed: 2 },
    failedByCause: { refused: 1, 'status <503>': 1 },
    series: [
      {
        ...{ host: 'one', service: 'service_a', kind: 'http-fresh' },
        ...{ ok: [10, 8, 10, 10], failed: [0, 2, 0, 0], slowestMs: [5, 20, 5, 5] },
      },
    ],
    failures: [
      {
        ...{ host: 'one', service: 'service_<a>', kind: 'http-fresh' },
        ...{ atMs: 1_001_200, latencyMs: 4, cause: 'refused' },
      },
    ],
  },
  reloads: { one: 1, two: 0 },
  lawViolations: [{ law: 'views agree', host: 'one', what: 'it has <script>alert(1)</script>' }],
  errors: ["no 'answer' \u001b[2J from <it>"],
  notes: ['seen: <i>'],
  logs: [
    { host: 'one', unit: 'synapse', lines: [{ atMs: 1_001_100, text: '</pre><script>&' }] },
    { host: 'two', unit: 'nerve', lines: [] },
  ],
};

export const passedDrill: PlayedDrill = {
  ...failedDrill,
  ...{ title: 'good', set: 'tutorial', result: 'passed', about: 'All is well.' },
  times: { detectedMs: 120, trafficMovedMs: 212, recoveredMs: 1_204 },
  limits: [{ name: 'out', limit: 1_000, measured: 250, unit: 'ms', passed: true }],
  traffic: {
    ...{ fromAtMs: 1_000_000, bucketMs: 1_000, sent: 40, failed: 0 },
    ...{ failedByCause: {}, series: [], failures: [] },
  },
  ...{ faults: [], reloads: {}, lawViolations: [], errors: [], notes: [], logs: [] },
};

export const skippedDrill: SkippedDrill = {
  ...{ title: 'power', set: 'production', about: 'No power.' },
  ...{ result: 'skipped', because: 'hosts <cannot> be switched off' },
};

export const sampleRun: RunOutcome = {
  ...{ stack: 'st<a>ck', target: 'hosts', set: 'quick', version: '1.2.3' },
  ...{ startedAtMs: Date.UTC(2026, 0, 31, 12), endedAtMs: Date.UTC(2026, 0, 31, 12, 3) },
  hosts: [
    { name: 'zk', roles: ['zookeeper'] },
    { name: 'one', roles: ['service'] },
    { name: 'two', roles: ['service'] },
  ],
  drills: [passedDrill, failedDrill, skippedDrill],
};
