import { once } from 'node:events';
import {
  Agent,
  createServer,
  get,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { expect } from 'chai';
import { type ChildServer, startChildServer } from '../../../support/child-server.ts';
import { eventually } from '../../../support/eventually.ts';
import { freePorts, portOf } from '../../../support/free-ports.ts';
import {
  environmentWith,
  renderedConfig,
  renderedHaproxy,
  type ServiceOptions,
} from '../../../support/rendered-service.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';
import type { ServiceInput } from '../../../support/synapse-config.ts';
import { request } from '../../../support/traffic.ts';

describe('what is installed for synapse, with a real HAProxy', () => {
  let bed: SynapseBed;
  let children: ChildServer[];
  let servers: Server[];

  beforeEach(async () => {
    bed = await createSynapseBed();
    children = [];
    servers = [];
  });

  afterEach(async () => {
    await bed.destroy();
    await Promise.all(children.map((child) => child.kill()));
    for (const server of servers) server.close();
  });

  const startServer = async (listener: RequestListener): Promise<Server> => {
    const server = createServer(listener);
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };

  /** Serves `web` by so many processes, and resolves once all of them answer. */
  const serve = async (count: number, options: ServiceOptions): Promise<readonly string[]> => {
    bed.configure({ web: renderedHaproxy(options), haproxy: sections() });
    await bed.startSynapse();
    await bed.haproxy.start();
    const ports = await freePorts(count);
    for (const [index, port] of ports.entries()) {
      children.push(await startChildServer(port));
      bed.zookeeper.register(bed.path, { host: '127.0.0.1', port, name: `web${index}` });
    }
    const names = ports.map((port, index) => `web${index}_127.0.0.1:${port}`);
    await eventually(async () => expect(await up()).to.have.members(names));
    return names;
  };

  const up = async (): Promise<readonly string[]> =>
    (await bed.haproxy.servers())
      .filter(({ backend, up, admin }) => backend === 'web' && up && admin === 'ready')
      .map(({ name }) => name);

  /** The registry keeps saying that they live: this is HAProxy alone. */
  const killUnderLoad = async (names: readonly string[], deaths: number): Promise<void> => {
    const traffic = bed.startTraffic();
    const answered = (): number => traffic.answers.get('ok') ?? 0;
    await eventually(() => expect(answered()).to.be.greaterThan(200));
    await Promise.all(children.slice(0, deaths).map((child) => child.kill()));
    await eventually(async () => expect(await up()).to.have.members(names.slice(deaths)));
    const before = answered();
    await eventually(() => expect(answered()).to.be.greaterThan(before + 200));
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
    expect(bed.logger.events()).not.to.include('proxy-reloaded');
  };

  for (const balance of ['roundrobin', 'leastconn', 'random'] as const) {
    it(`loses no request when one of three is killed under load: ${balance}`, async () => {
      await killUnderLoad(await serve(3, { proxy: { balance } }), 1);
    });
  }

  it('loses no request when half of them die at once, marked down as with zones', async () => {
    const proxy = { observe: { action: 'mark-down' as const }, retry: { attempts: 5 } };
    await killUnderLoad(await serve(4, { proxy }), 2);
  });

  it('takes new connections of tcp elsewhere', async () => {
    const names = await serve(3, { mode: 'tcp' });
    await children[0]?.kill();
    const traffic = bed.startTraffic();
    await eventually(async () => expect(await up()).to.have.members(names.slice(1)));
    await eventually(() => expect(traffic.answers.get('ok')).to.be.greaterThan(200));
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
  });

  it('answers what comes on a connection that was idle over a reload, and lets that go then', async () => {
    const [name] = await serve(1, {});
    await eventually(async () => expect(await bed.haproxy.configText()).to.include(name));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async () => {
      const asking = get(bed.url, { agent });
      const [answer]: IncomingMessage[] = await once(asking, 'response');
      answer?.resume();
      await once(asking, 'close');
      return {
        status: answer?.statusCode,
        connection: answer?.headers.connection,
        reused: asking.reusedSocket,
      };
    };
    try {
      expect(await ask()).to.deep.equal({ status: 200, connection: undefined, reused: false });
      const { pid } = await bed.haproxy.info();
      // HAProxy 2.6 answers nothing to it.
      await bed.haproxy.master.ask('reload').catch(() => undefined);
      await eventually(async () => expect((await bed.haproxy.info()).pid).not.to.equal(pid));
      await eventually(async () => {
        const workers = await bed.haproxy.master.ask('show proc');
        expect(workers).to.match(new RegExp(`old workers[^]*\\b${pid}\\b`));
      });
      expect(await ask()).to.deep.equal({ status: 200, connection: 'close', reused: true });
      expect(await ask()).to.deep.equal({ status: 200, connection: undefined, reused: false });
    } finally {
      agent.destroy();
    }
  });

  it('checks by the path that the catalog says, whatever is in it', async () => {
    const uri = String.raw`/it's?a="$b"#\%`;
    bed.configure({ web: renderedHaproxy({ proxy: { check: { uri } } }), haproxy: sections() });
    await bed.startSynapse();
    await bed.haproxy.start();
    const asked = new Set<string | undefined>();
    const server = await startServer(({ url }, response) => {
      asked.add(url);
      response.end();
    });
    bed.zookeeper.register(bed.path, { host: '127.0.0.1', port: portOf(server), name: 'web' });
    await eventually(() => expect([...asked]).to.deep.equal([uri]));
  });

  it('lets a burst wait instead of drowning an instance', async () => {
    const { listener, peak } = countRequests();
    const server = await startServer(listener);
    bed.configure({
      web: renderedHaproxy({ proxy: { maxConnections: 3 } }),
      haproxy: sections(),
    });
    bed.zookeeper.register(bed.path, { host: '127.0.0.1', port: portOf(server), name: 'web0' });
    await bed.startSynapse();
    await bed.haproxy.start();
    await eventually(async () => expect(await up()).to.have.length(1));
    const answers = await Promise.all(Array.from({ length: 60 }, () => request(bed.url)));
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
    expect(peak()).to.equal(3);
  });

  it('repeats what got no answer, but nothing that may have had an effect', async () => {
    const seen: string[] = [];
    const dying = await startServer((message, response) => {
      if (message.url === '/health') {
        response.end();
        return;
      }
      seen.push(message.method ?? '');
      message.socket.destroy();
    });
    const healthy = await bed.backend('healthy');
    bed.configure({ web: renderedHaproxy({}), haproxy: sections() });
    const instances = [portOf(dying), healthy.port].map((port, index) => ({ port, index }));
    for (const { port, index } of instances) {
      bed.zookeeper.register(bed.path, { host: '127.0.0.1', port, name: `web${index}` });
    }
    await bed.startSynapse();
    await bed.haproxy.start();
    await eventually(async () => expect(await up()).to.have.length(2));
    const statuses = async (method: string): Promise<readonly number[]> => {
      const sent = Array.from({ length: 20 }, () => fetch(bed.url, { method }));
      return (await Promise.all(sent)).map(({ status }) => status);
    };
    expect(new Set(await statuses('GET'))).to.deep.equal(new Set([200]));
    expect(seen).to.include('GET');
    const posts = await statuses('POST');
    const refused = posts.filter((status) => status === 502).length;
    expect(seen.filter((method) => method === 'POST')).to.have.length(refused);
    expect(refused).to.be.greaterThan(0);
    expect(healthy.answered + refused).to.equal(40);
  });

  it('runs with every option, for servers in the file and added at run time: no reload', async () => {
    const [first, later] = [await bed.backend('one'), await bed.backend('two')];
    const services = await renderedServices(variants);
    const paths = [...services.values()].map(({ path }) => path);
    bed.configure({
      services: Object.fromEntries([...services].map(([name, { input }]) => [name, input])),
      haproxy: sections(),
    });
    for (const path of [bed.path, ...paths]) {
      bed.zookeeper.register(path, { host: '127.0.0.1', port: first.port, name: 'one' });
    }
    // The file must have passed `haproxy -c`, or it would not start.
    await bed.startSynapse();
    await bed.haproxy.start();
    for (const path of [bed.path, ...paths]) {
      bed.zookeeper.register(path, { host: '127.0.0.1', port: later.port, name: 'two' });
    }
    const all = 2 * (services.size + 1);
    await eventually(async () => expect(await bed.haproxy.servers()).to.have.length(all));
    await eventually(async () => {
      expect((await bed.haproxy.servers()).filter(({ up }) => !up)).to.deep.equal([]);
    });
    expect(bed.logger.events()).not.to.include.members(['proxy-reloaded']);
    expect(bed.logger.events()).not.to.include.members(['step-refused']);
    const said = bed.haproxy.output().split('\n');
    const complaints = said.filter((line) => /^\[(?:ALERT|WARNING).* config : /.test(line));
    expect(complaints.filter((line) => !line.includes('server state file'))).to.deep.equal([]);
  });
});

const variants: Readonly<Record<string, ServiceOptions>> = {
  plain_http: {},
  plain_tcp: { mode: 'tcp' },
  by_source: { mode: 'tcp', proxy: { balance: 'source', maxConnections: 100 } },
  by_header: { proxy: { balance: 'hdr(X-User)' } },
  by_parameter: { proxy: { balance: 'url_param(user)' } },
  everything: {
    proxy: {
      balance: 'leastconn',
      check: { uri: '/health', fastIntervalMs: 50, downIntervalMs: 5_000, timeoutMs: 700 },
      observe: { by: 'layer7', errors: 10, action: 'fail-check' },
      retry: {
        attempts: 5,
        on: ['empty-response', 'response-timeout', 'junk-response', '425', '500', '502', '503'],
        methods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'POST'],
      },
      maxConnections: 10,
      queueTimeoutMs: 1_000,
      slowStartMs: 10_000,
      idleTimeoutMs: 60_000,
    },
  },
  nothing: {
    proxy: { observe: false, retry: { attempts: 0, on: [], methods: [] }, maxConnections: null },
  },
};

/** As installed; the log goes where nobody listens. */
function sections(): { global: string[]; defaults: string[] } {
  const { haproxy } = renderedConfig(environmentWith({ web: {} }));
  const lines = haproxy?.defaults ?? [];
  return { global: ['maxconn 1000', 'log 127.0.0.1:9 local0'], defaults: [lines].flat() };
}

interface RenderedService {
  readonly path: string;
  readonly input: ServiceInput;
}

async function renderedServices(
  options: Readonly<Record<string, ServiceOptions>>,
): Promise<ReadonlyMap<string, RenderedService>> {
  const names = Object.keys(options);
  const ports = await freePorts(names.length);
  return new Map(
    names.map((name, index) => {
      const path = `/test/services/${name}/services`;
      const discovery = { method: 'zookeeper' as const, path, hosts: ['127.0.0.1:2181'] };
      const bind = { port: ports[index] ?? 0, bind_address: '127.0.0.1' };
      const haproxy = { ...renderedHaproxy(options[name] ?? {}), ...bind };
      return [name, { path, input: { discovery, haproxy } }];
    }),
  );
}

/** Answers after 20 ms, and knows how many requests there were at once at most. */
function countRequests(): { readonly listener: RequestListener; readonly peak: () => number } {
  let now = 0;
  let peak = 0;
  const listener: RequestListener = (message, response) => {
    if (message.url === '/health') {
      response.end();
      return;
    }
    now += 1;
    peak = Math.max(peak, now);
    setTimeout(() => {
      now -= 1;
      response.end('ok');
    }, 20);
  };
  return { listener, peak: () => peak };
}
