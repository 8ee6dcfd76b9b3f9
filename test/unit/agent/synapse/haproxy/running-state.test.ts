import { expect } from 'chai';
import { parseServersState } from '../../../../../agent/synapse/haproxy/answers.ts';
import { renderConfig } from '../../../../../agent/synapse/haproxy/render.ts';
import { RunningState } from '../../../../../agent/synapse/haproxy/running-state.ts';
import { composeSections } from '../../../../../agent/synapse/haproxy/sections.ts';
import { indexServers } from '../../../../../agent/synapse/haproxy/server-index.ts';
import type { ServerLine } from '../../../../../agent/synapse/haproxy/server-line.ts';
import { synapseConfig } from '../../../../support/synapse-config.ts';

const heading =
  '# be_id be_name srv_id srv_name srv_addr srv_port srv_op_state srv_admin_state srv_uweight srv_iweight';

/** A look at `backends`, where `running` (as `backend/name`) run. */
function look(backends: 'all' | readonly string[], ...running: readonly string[]) {
  const rows = running.map((server, index) => {
    const [backend, name] = server.split('/');
    return `1 ${backend} ${index + 1} ${name} 10.0.0.1 80 2 0 9 4`;
  });
  const of: 'all' | ReadonlySet<string> = backends === 'all' ? 'all' : new Set(backends);
  const servers = parseServersState(['1', heading, ...rows].join('\n'));
  return { of, servers, index: indexServers(servers) };
}

function line(name: string): ServerLine {
  return { name, address: '10.0.0.1:80', words: [] };
}

function names(state: RunningState): Record<string, readonly string[]> {
  const all = [...state.servers()].map(([backend, lines]) => [
    backend,
    lines.map(({ name }) => name),
  ]);
  return Object.fromEntries(all);
}

describe('RunningState', () => {
  let state: RunningState;

  beforeEach(() => {
    state = new RunningState();
    const lines = [line('a'), line('b')];
    state.replaceAll({
      servers: new Map([
        ['web', lines],
        ['api', lines],
      ]),
    });
    for (const key of ['web/old', 'api/old']) state.retiring.set(key, 'ready');
  });

  it('forgets what is gone', () => {
    state.forgetGone(look('all', 'web/a', 'api/b', 'api/old'));
    expect(names(state)).to.deep.equal({ web: ['a'], api: ['b'] });
    expect([...state.retiring.keys()]).to.deep.equal(['api/old']);
  });

  it('takes nothing for gone in a backend that was not looked at', () => {
    state.forgetGone(look(['web'], 'web/a'));
    expect(names(state)).to.deep.equal({ web: ['a'], api: ['a', 'b'] });
    expect([...state.retiring.keys()]).to.deep.equal(['api/old']);
  });

  it('holds no maintenance for its own that HAProxy refused', () => {
    const step = { kind: 'retire-server', backend: 'web', server: 'a', was: 'ready' } as const;
    state.foresee(step);
    state.record(step, { kind: 'refused', reason: 'Permission denied' }, { servers: new Map() });
    expect(state.retiring.has('web/a')).to.equal(false);
    expect([...state.refused]).to.deep.equal(['retire-server web/a']);
  });

  it('takes a server that should be there for one that was made so', () => {
    state.adoptRunning(
      { servers: new Map([['web', [line('c'), line('d')]]]) },
      look(['web'], 'web/c'),
    );
    expect(names(state)).to.deep.equal({ web: ['a', 'b', 'c'], api: ['a', 'b'] });
  });

  it('knows what it weighs, whatever it should weigh by now', () => {
    state.adoptRunning({ servers: new Map([['web', [line('c')]]]) }, look(['web'], 'web/c'));
    expect(state.weightOf('web', 'c')).to.equal(4);
  });

  describe('with a server that comes back before it was deleted', () => {
    const wanted = { servers: new Map([['web', [line('a')]]]) };
    const step = { kind: 'retire-server', backend: 'web', server: 'a', was: 'ready' } as const;

    it('knows how that was made, and what it weighed last', () => {
      const before = { ...line('a'), words: ['check', 'weight', '7'] };
      state.replaceAll({ servers: new Map([['web', [before]]]) });
      state.record(step, { kind: 'done' }, { servers: new Map() });
      expect(names(state)).to.deep.equal({ web: [] });
      state.adoptRunning(wanted, look('all', 'web/a'));
      expect(state.linesOf('web')).to.deep.equal([before]);
    });

    it('reads off what it weighs, where an earlier life retired it', () => {
      state.replaceAll({ servers: new Map() });
      state.foresee(step);
      state.adoptRunning(wanted, look('all', 'web/a'));
      expect(state.weightOf('web', 'a')).to.equal(9);
    });

    it('does not know what it weighs, where it was told a weight and gave no answer', () => {
      state.foresee({ kind: 'set-weight', backend: 'web', server: 'a', weight: 9 });
      state.foresee(step);
      state.record(step, { kind: 'done' }, { servers: new Map() });
      expect([...state.unansweredWeights]).to.deep.equal(['web/a']);
      state.forgetGone(look('all'));
      expect([...state.unansweredWeights]).to.deep.equal([]);
    });

    it('leaves it out of the file, though no answer said that it is in maintenance', () => {
      state.foresee(step);
      state.foresee({ kind: 'delete-server', backend: 'web', backendId: 1, server: 'a' });
      expect(names(state)).to.deep.include({ web: ['b'] });
      state.adoptRunning(wanted, look('all', 'web/a'));
      expect(state.linesOf('web')).to.deep.include(line('a'));
    });

    it('has it rest anew when it leaves again', () => {
      state.unusedSince.set('web/a', 5);
      state.record({ ...step, kind: 'restore-server', to: 'ready' }, { kind: 'done' }, wanted);
      expect(state.unusedSince.size).to.equal(0);
      state.unusedSince.set('web/a', 6);
      state.forgetGone(look('all'));
      expect(state.unusedSince.size).to.equal(0);
    });
  });

  describe('once it has told HAProxy a weight', () => {
    const step = { kind: 'set-weight', backend: 'web', server: 'a', weight: 7 } as const;
    const desired = { servers: new Map([['web', [line('a')]]]) };
    const told = new Map([['web/a', 7]]);

    beforeEach(() => state.foresee(step));

    it('does not know which it has until there is an answer', () => {
      expect([...state.unansweredWeights]).to.deep.equal(['web/a']);
      state.record(step, { kind: 'done' }, desired);
      expect([...state.unansweredWeights]).to.deep.equal([]);
    });

    it('needs no answer from one that has what it should have', () => {
      const adopt = (weight: string): void =>
        state.adoptRunning(
          { servers: new Map([['web', [{ ...line('a'), words: ['weight', weight] }]]]) },
          look(['web'], 'web/a'),
        );
      adopt('7');
      expect([...state.unansweredWeights]).to.deep.equal(['web/a']);
      adopt('9');
      expect([...state.unansweredWeights]).to.deep.equal([]);
    });

    it('takes a file for one that says it only after that', () => {
      state.forgetWritten(told);
      expect(state.unwrittenWeights).to.deep.equal(told);
      state.record(step, { kind: 'done' }, desired);
      state.forgetWritten(told);
      expect([...state.unwrittenWeights]).to.deep.equal([]);
    });

    it('asks nothing of a server that is gone', () => {
      state.forgetGone(look(['web']));
      expect([...state.unansweredWeights, ...state.unwrittenWeights]).to.deep.equal([]);
    });
  });

  it('knows whether it still has what it had', () => {
    const before = state.servers();
    expect(state.stillHas(before)).to.equal(true);
    state.adoptRunning({ servers: new Map([['web', [line('c')]]]) }, look(['web'], 'web/c'));
    expect(state.stillHas(before)).to.equal(false);
  });

  it('gives the same list while nothing changes, and another one then', () => {
    const before = state.linesOf('web');
    state.forgetGone(look('all', 'web/a', 'web/b', 'api/a', 'api/b'));
    expect(state.linesOf('web')).to.equal(before);
    state.forgetGone(look(['web'], 'web/a'));
    expect(state.linesOf('web')).to.deep.equal([line('a')]);
  });

  it('takes the weights that another process was started with, and its own else', () => {
    const { servers } = look('all', 'web/a');
    const process = { pid: 1, version: '2.6', fingerprint: undefined };
    const weights = () => [state.weightOf('web', 'a'), state.weightOf('web', 'b')];
    state.meet(process, servers);
    expect(weights()).to.deep.equal([1, 1]);
    state.process = undefined;
    state.meet(process, servers);
    expect(weights()).to.deep.equal([1, 1]);
    state.meet({ ...process, pid: 2 }, servers);
    expect(weights()).to.deep.equal([4, 1]);
  });

  describe('while no process answers', () => {
    const process = { pid: 1, version: '2.6', fingerprint: undefined };
    const heavy = { ...line('a'), words: ['weight', '4'] };
    const { servers } = look('all', 'web/a');

    beforeEach(() => {
      state.meet(process, []);
      state.process = undefined;
      state.expectStart({ servers: new Map([['web', [heavy]]]) });
    });

    it('takes the one that runs on for what it was, whatever the file says since', () => {
      state.meet(process, servers);
      expect(state.weightOf('web', 'a')).to.equal(1);
      expect(names(state)).to.deep.equal({ web: ['a', 'b'], api: ['a', 'b'] });
    });

    it('takes one that starts for what the file says', () => {
      state.meet({ ...process, pid: 2 }, servers);
      expect(state.weightOf('web', 'a')).to.equal(4);
      expect(names(state)).to.deep.equal({ web: ['a'] });
    });

    it('knows which weights the one may have that was never met', () => {
      state = new RunningState();
      const text = 'backend web\n\tserver a 10.0.0.1:80\n\tserver b 10.0.0.1:80\n';
      state.adoptFile(text, { backends: [] });
      state.expectStart({ servers: new Map([['web', [heavy, line('b')]]]) });
      state.meet(process, servers);
      expect([...state.unansweredWeights]).to.deep.equal(['web/a']);
    });
  });

  it("takes no server of the user's own lines for its own", () => {
    const haproxy = { backend: ['server sorry 127.0.0.1:1 backup'] };
    const config = synapseConfig({ web: { discovery: { method: 'base' }, haproxy } });
    const sections = composeSections(config, 'host');
    state = new RunningState();
    state.adoptFile(renderConfig(sections, new Map([['web', [line('a')]]])), sections);
    expect(names(state)).to.deep.equal({ web: ['a'] });
  });

  it('takes the ids by which another process knows its servers, and its own else', () => {
    state.replaceAll({ servers: new Map([['web', [{ ...line('a'), words: ['id', '7'] }]]]) });
    const { servers } = look(['web'], 'web/a');
    const process = { pid: 1, version: '2.6', fingerprint: undefined };
    const id = () => state.ids(['web'], []).get('web')?.get('a');
    state.meet(process, servers);
    expect(id()).to.equal(7);
    state.meet({ ...process, pid: 2 }, servers);
    expect(id()).to.equal(1);
  });

  it('knows the ids of lines, and of servers that are still there', () => {
    state.replaceAll({ servers: new Map([['web', [{ ...line('a'), words: ['id', '7'] }]]]) });
    const { servers } = look(['web'], 'web/b');
    const ids = state.ids(['web'], servers);
    expect([...(ids.get('web') ?? [])]).to.deep.equal([
      ['a', 7],
      ['b', 1],
    ]);
  });
});
