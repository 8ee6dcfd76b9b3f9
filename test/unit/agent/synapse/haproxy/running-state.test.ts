import { expect } from 'chai';
import { parseServersState } from '../../../../../agent/synapse/haproxy/answers.ts';
import { RunningState } from '../../../../../agent/synapse/haproxy/running-state.ts';
import { indexServers } from '../../../../../agent/synapse/haproxy/server-index.ts';
import type { ServerLine } from '../../../../../agent/synapse/haproxy/server-line.ts';

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
