import { expect } from 'chai';
import { createServerList, parseHosts, parseServer } from '../../../../agent/zookeeper/servers.ts';
import { createFakeClock, settle } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

describe('createServerList', () => {
  const { signal } = new AbortController();
  const setUp = (
    names: Record<string, readonly string[]>,
    random: () => number,
    resolve = async (host: string): Promise<readonly string[]> => {
      const addresses = names[host];
      if (!addresses) throw new Error(`ENOTFOUND ${host}`);
      return addresses;
    },
  ) => {
    const clock = createFakeClock();
    const logger = createRecordingLogger();
    const hosts = Object.keys(names).map((name) => `${name}:2181`);
    return { clock, logger, list: createServerList({ hosts, random, clock, logger, resolve }) };
  };
  const draw = async (list: ReturnType<typeof setUp>['list'], count: number) => {
    const drawn: (string | undefined)[] = [];
    while (drawn.length < count) drawn.push((await list.next(signal))?.host);
    return drawn;
  };

  it('gives every address of every name once a round, in random order', async () => {
    const order = [0.9, 0.1, 0.5];
    let index = 0;
    const { list } = setUp({ a: ['10.0.0.1', '10.0.0.2'], b: ['10.0.0.3'] }, () => {
      index += 1;
      return order[(index - 1) % 3] ?? 0;
    });
    expect(await draw(list, 3)).to.deep.equal(['10.0.0.2', '10.0.0.3', '10.0.0.1']);
    expect(list.roundIsOver).to.equal(true);
  });

  it('resolves the names anew each round', async () => {
    const names: Record<string, readonly string[]> = { a: ['10.0.0.1'] };
    const { list } = setUp(names, () => 0);
    expect(await draw(list, 1)).to.deep.equal(['10.0.0.1']);
    names.a = ['10.0.0.9'];
    expect(await draw(list, 1)).to.deep.equal(['10.0.0.9']);
  });

  it('tries the member that failed last', async () => {
    const { list } = setUp({ a: ['10.0.0.1'], b: ['10.0.0.2'] }, () => 0);
    expect(await draw(list, 1)).to.deep.equal(['10.0.0.1']);
    list.startOver({ host: '10.0.0.1', port: 2181 });
    expect(await draw(list, 3)).to.deep.equal(['10.0.0.2', '10.0.0.1', '10.0.0.1']);
  });

  it('goes through the tunnels that it is told of, and knows the servers by their names', async () => {
    const { list } = setUp({ a: ['10.0.0.1'], '127.0.0.1': ['127.0.0.1'] }, () => 0);
    list.replace(['a', '[::1]:2182']);
    list.reachThrough({ 'a:2181': '127.0.0.1:12191', 'b:2181': '127.0.0.1:12192' });
    expect(await list.next(signal)).to.deep.equal({ host: '127.0.0.1', port: 12191 });
    list.reachThrough({});
    expect(await list.next(signal)).to.deep.equal({ host: '10.0.0.1', port: 2181 });
  });

  it('leaves out a name that does not resolve, or not in time', async () => {
    const { list, clock, logger } = setUp(
      { a: [], b: [], c: [] },
      () => 0,
      (host) => {
        if (host === 'a') return Promise.reject(new Error('ENOTFOUND'));
        return host === 'b' ? new Promise(() => undefined) : Promise.resolve(['10.0.0.3']);
      },
    );
    const next = list.next(signal);
    await settle();
    await clock.advance(2_000);
    expect(await next).to.deep.equal({ host: '10.0.0.3', port: 2181 });
    expect(logger.events()).to.deep.equal([
      'zookeeper-name-unresolved',
      'zookeeper-name-unresolved',
    ]);
  });

  it('gives nothing while nothing resolves', async () => {
    const { list } = setUp({ a: [] }, () => 0);
    expect(await draw(list, 2)).to.deep.equal([undefined, undefined]);
  });
});

describe('parseServer', () => {
  it('reads names and addresses, with or without a port', () => {
    expect(parseServer('zookeeper1')).to.deep.equal({ host: 'zookeeper1', port: 2181 });
    expect(parseServer('10.0.0.1:2182')).to.deep.equal({ host: '10.0.0.1', port: 2182 });
    expect(parseServer('[fd00::1]:2183')).to.deep.equal({ host: 'fd00::1', port: 2183 });
  });

  for (const text of ['', 'a:0', 'a:65536', 'a b:1', 'a:1/chroot', 'fd00::1']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseServer(text)).to.throw(TypeError, 'write host:port');
    });
  }
});

describe('parseHosts', () => {
  const servers = [
    { host: 'a', port: 2181 },
    { host: 'b', port: 2182 },
  ];

  it('takes the chroot for all, whichever has it', () => {
    for (const hosts of [
      ['a:2181', 'b:2182/prod/x'],
      ['a:2181/prod/x', 'b:2182/prod/x'],
      ['a:2181/prod/x', 'b:2182'],
    ]) {
      expect(parseHosts(hosts)).to.deep.equal({ servers, chroot: '/prod/x' });
    }
    expect(parseHosts(['a:2181', 'b:2182'])).to.deep.equal({ servers, chroot: '' });
  });

  it('refuses two chroots, and what is none', () => {
    expect(() => parseHosts(['a:1/x', 'b:1/y'])).to.throw(TypeError, 'give one of them');
    for (const chroot of ['/', '/x/', '//x', '/x/../y', '/x\n']) {
      expect(() => parseHosts([`a:1${chroot}`]), chroot).to.throw(TypeError, 'no znode path');
    }
  });
});
