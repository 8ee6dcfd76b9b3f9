import { expect } from 'chai';
import { executeStep, type Outcome } from '../../../../../agent/synapse/haproxy/execute.ts';
import type { Step } from '../../../../../agent/synapse/haproxy/plan.ts';
import { createUses } from '../../../../../agent/synapse/haproxy/uses.ts';

const place = { backend: 'web', server: 'a' };
const nowMs = 10_000;
/** Since when `a` is known to be without requests. */
const since = new Map<string, number>();
const load = '# pxname,svname,qcur,scur,used_conn_cur,\nweb,a,0,N,0,\n';

async function run(
  step: Step,
  ...answers: readonly string[]
): Promise<{ readonly outcome: Outcome; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const rest = [...answers];
  const admin = {
    ask: async (command: string): Promise<string> => {
      asked.push(command);
      return rest.shift() ?? '\n';
    },
  };
  const uses = createUses(admin, since, { now: () => nowMs });
  return { outcome: await executeStep(step, admin, uses), asked };
}

function adding(words: string, inherited = ''): Extract<Step, { kind: 'add-server' }> {
  const line = { name: 'a', address: '10.0.0.1:80', words: words.split(' ') };
  const inheritedWords = inherited === '' ? [] : inherited.split(' ');
  return { kind: 'add-server', ...place, line, inheritedWords };
}

describe('executeStep', () => {
  beforeEach(() => since.clear());

  it('adds a server in one line that ends with it up', async () => {
    const step = adding('id 4 check inter 1s enabled', 'inter 5s');
    const { outcome, asked } = await run(step, 'New server registered.\n\n\n\n');
    expect(outcome).to.deep.equal({ kind: 'done' });
    expect(asked).to.deep.equal([
      'add server web/a 10.0.0.1:80 inter 5s id 4 check inter 1s; ' +
        'enable health web/a; set server web/a state ready',
    ]);
  });

  it('adds one that nobody vouches for so that it is down until its checks pass', async () => {
    const { line, ...step } = adding('check');
    const { asked } = await run({ ...step, line: { ...line, checkFirst: true } });
    expect(asked[0]).to.match(
      /; enable health web\/a; set server web\/a state ready; set server web\/a health down$/,
    );
  });

  it('takes one that nobody vouches for back in the same way', async () => {
    const step: Step = { kind: 'restore-server', ...place, to: 'ready', checkFirst: true };
    const { asked } = await run(step, '\n');
    expect(asked).to.deep.equal(['set server web/a state ready; set server web/a health down']);
  });

  it('adds one without checks', async () => {
    const { asked } = await run(adding('id 4'), 'New server registered.\n\n');
    expect(asked).to.deep.equal([
      'add server web/a 10.0.0.1:80 id 4; set server web/a state ready',
    ]);
  });

  it('reports why HAProxy would not add it', async () => {
    const { outcome } = await run(adding('cookie x'), "'cookie' option is not\naccepted\n\n");
    expect(outcome).to.deep.equal({ kind: 'refused', reason: "'cookie' option is not accepted" });
  });

  it('asks nothing that would need quoting', async () => {
    const { outcome, asked } = await run(adding('sni "x;y"'));
    expect(outcome.kind).to.equal('refused');
    expect(asked).to.deep.equal([]);
  });

  it('waits for the last request before it deletes', async () => {
    const step: Step = { kind: 'delete-server', ...place, backendId: 3 };
    const busy = await run(step, load.replace('N', '1'));
    expect(busy).to.deep.equal({ outcome: { kind: 'busy' }, asked: ['show stat 3 4 -1'] });
    const resting = await run(step, load.replace('N', '0'));
    expect(resting.outcome).to.deep.equal({ kind: 'resting', forMs: 2_000 });
    since.set('web/a', nowMs - 2_000);
    const { outcome, asked } = await run(step, load.replace('N', '0'), 'Server deleted.\n\n');
    expect(outcome).to.deep.equal({ kind: 'done' });
    expect(asked).to.deep.equal(['show stat 3 4 -1', 'del server web/a']);
  });

  it('takes idle connections for busy, and a server that is gone for deleted', async () => {
    const step: Step = { kind: 'delete-server', ...place, backendId: 3 };
    since.set('web/a', nowMs - 2_000);
    const idle = 'Server still has connections attached to it, cannot remove it.\n\n';
    expect((await run(step, load.replace('N', '0'), idle)).outcome.kind).to.equal('busy');
    expect((await run(step, '# pxname,svname\n')).outcome.kind).to.equal('done');
  });

  it('sends the simple commands, for which silence is consent', async () => {
    const asked = async (step: Step): Promise<string> => (await run(step)).asked.join();
    expect(await asked({ kind: 'retire-server', ...place, was: 'ready' })).to.equal(
      'set server web/a state maint',
    );
    expect(await asked({ kind: 'restore-server', ...place, to: 'drain' })).to.equal(
      'set server web/a state drain',
    );
    expect(await asked({ kind: 'restore-server', ...place, to: 'maint' })).to.equal('');
    expect(await asked({ kind: 'set-weight', ...place, weight: 9 })).to.equal(
      'set server web/a weight 9',
    );
    const no = await run({ kind: 'set-weight', ...place, weight: 9 }, 'No such server.\n\n');
    expect(no.outcome).to.deep.equal({ kind: 'refused', reason: 'No such server.' });
  });

  it('moves a server to another address', async () => {
    const line = { name: 'a', address: '[::1]:81', words: [] };
    const answer = "IP changed from '::2' to '::1', no need to change the port\n\n";
    const { outcome, asked } = await run({ kind: 'set-address', ...place, line }, answer);
    expect(outcome.kind).to.equal('done');
    expect(asked).to.deep.equal(['set server web/a addr ::1 port 81']);
  });
});
