import { expect } from 'chai';
import type { SynapseConfig } from '../../../../../agent/config/synapse.ts';
import { buildServers } from '../../../../../agent/synapse/haproxy/build-servers.ts';
import {
  createBlockRenderer,
  parseServerLines,
  renderConfig,
} from '../../../../../agent/synapse/haproxy/render.ts';
import { composeSections } from '../../../../../agent/synapse/haproxy/sections.ts';
import type { Instance } from '../../../../../agent/synapse/instance.ts';
import { type ServiceInput, synapseConfig } from '../../../../support/synapse-config.ts';

const base = { method: 'base' } as const;

function render(
  config: SynapseConfig,
  instances: Record<string, readonly Instance[]> = {},
): string {
  const sections = composeSections(config, 'host');
  const { servers } = buildServers(sections, new Map(Object.entries(instances)), {
    addressOf: (host) => host,
    runningAt: () => undefined,
    ids: new Map(),
    maxServerId: 65_535,
    held: () => [],
    refusedLines: new Set(),
    isUp: () => true,
    zones: new Map(),
  });
  return renderConfig(sections, servers);
}

/** The lines of one section, trimmed. */
function section(text: string, title: string): readonly string[] {
  const block = text.split('\n\n').find((one) => one.startsWith(`${title}\n`)) ?? '';
  return block
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

function instance(name: string, port: number, more: Partial<Instance> = {}): Instance {
  return { host: '10.0.0.1', port, name, labels: {}, ...more };
}

function servers(service: Partial<ServiceInput>, ...instances: Instance[]): readonly string[] {
  const text = render(synapseConfig({ web: { discovery: base, ...service } }), { web: instances });
  return section(text, 'backend web').filter((line) => line.startsWith('server '));
}

describe('renderConfig', () => {
  it('renders the whole file', () => {
    const config = synapseConfig(
      {
        web: {
          discovery: base,
          haproxy: {
            port: 3213,
            server_options: 'check inter 2s rise 3 fall 2',
            bind_options: 'accept-proxy',
            backend_order: 'asc',
            listen: ['mode http', 'option httpchk /health', 'option httplog', 'balance random'],
          },
        },
        bare: { discovery: base },
        off: { discovery: base, haproxy: { disabled: true } },
      },
      {
        global: ['maxconn 1000', 'log /dev/log local0'],
        defaults: ['mode http', 'timeout connect 1s'],
        extra_sections: { 'listen stats': ['bind :3212', 'stats enable'] },
      },
    );
    const text = render(config, { web: [instance('a', 80), instance('b', 80)] });
    const { fingerprint } = composeSections(config, 'host');
    expect(text).to.equal(`# Written by synapse: what you change here is lost.

global
\tmaxconn 1000
\tlog /dev/log local0
\tdescription synapse:${fingerprint}
\thard-stop-after 1h
\tserver-state-file /cfg/haproxy.cfg.servers
\tstats socket /run/haproxy.sock mode 600 level admin expose-fd listeners

defaults
\tmode http
\ttimeout connect 1s

listen stats
\tbind :3212
\tstats enable

frontend web
\tmode http
\toption httplog
\tbind localhost:3213 accept-proxy
\tdefault_backend web

backend web
\tmode http
\toption httpchk /health
\tbalance random
\tload-server-state-from-file global
\tserver a_10.0.0.1:80 10.0.0.1:80 id 1 check inter 2s rise 3 fall 2
\tserver b_10.0.0.1:80 10.0.0.1:80 id 2 check inter 2s rise 3 fall 2

backend bare
\tload-server-state-from-file global
`);
  });

  it('keeps to lines of the user that say the same', () => {
    const text = render(
      synapseConfig(
        {},
        {
          global: [
            'description our proxy',
            'hard-stop-after 5m',
            'server-state-file /elsewhere',
            'stats socket /run/haproxy.sock mode 666 level admin',
          ],
        },
      ),
    );
    expect(section(text, 'global').slice(0, -1)).to.deep.equal([
      'hard-stop-after 5m',
      'server-state-file /elsewhere',
      'stats socket /run/haproxy.sock mode 666 level admin',
    ]);
    expect(section(text, 'global').at(-1)).to.match(/^description our proxy synapse:[0-9a-f]{16}$/);
  });

  it('joins the shared frontend from all services', () => {
    const service = {
      discovery: base,
      haproxy: { shared_frontend: ['use_backend web if is_web'] },
    };
    const text = render(synapseConfig({ web: service }, { shared_frontend: ['bind :81'] }));
    expect(section(text, 'frontend shared-frontend')).to.deep.equal([
      'bind :81',
      'use_backend web if is_web',
    ]);
  });

  it('leaves lines out of the shared frontend that are for backends, or have none to be in', () => {
    const shared_frontend = ['use_backend web if is_web', 'balance random'];
    const web = { discovery: base, haproxy: { shared_frontend } };
    const discarded = (haproxy: object) =>
      composeSections(synapseConfig({ web }, haproxy), 'host').discarded.map(({ line }) => line);
    expect(discarded({ shared_frontend: ['bind :81', 'server a 10.0.0.1:80'] })).to.deep.equal([
      'server a 10.0.0.1:80',
      'balance random',
    ]);
    expect(discarded({})).to.deep.equal(shared_frontend);
  });

  it('ends old processes and keeps states where the options say', () => {
    const haproxy = { hard_stop_after: '5m', server_state_path: '/state/servers' };
    expect(section(render(synapseConfig({}, haproxy)), 'global')).to.include.members([
      'hard-stop-after 5m',
      'server-state-file /state/servers',
    ]);
  });

  it('binds where the service says, else where all do', () => {
    const services = {
      web: { discovery: base, haproxy: { port: 80 } },
      own: { discovery: base, haproxy: { port: 80, bind_address: '127.0.0.2', backend_name: 'b' } },
    };
    const text = render(synapseConfig(services, { bind_address: '0.0.0.0' }));
    expect(section(text, 'frontend web')).to.include('bind 0.0.0.0:80');
    expect(section(text, 'frontend own')).to.include.members([
      'bind 127.0.0.2:80',
      'default_backend b',
    ]);
    expect(text).to.match(/^backend b$/m);
  });

  it('opens each socket that no line of the user opens', () => {
    const haproxy = {
      global: ['stats socket /run/b.sock level admin'],
      socket_file_path: ['/run/a.sock', '/run/b.sock', '/run/c.sock'],
    };
    const lines = section(render(synapseConfig({}, haproxy)), 'global');
    expect(lines.filter((line) => line.startsWith('stats socket'))).to.deep.equal([
      'stats socket /run/b.sock level admin',
      'stats socket /run/a.sock mode 600 level admin expose-fd listeners',
      'stats socket /run/c.sock mode 600 level admin expose-fd listeners',
    ]);
  });

  it('binds a Unix socket where the port is null', () => {
    const haproxy = { port: null, bind_address: '/run/web.sock' };
    const text = render(synapseConfig({ web: { discovery: base, haproxy } }));
    expect(section(text, 'frontend web')).to.include('bind /run/web.sock');
  });

  it('drops lines that fit no section, and says so', () => {
    const haproxy = { listen: ['mode tcp', 'nonsense'], backend: ['bind :80', 'fullconn 5'] };
    const sections = composeSections(synapseConfig({ web: { discovery: base, haproxy } }), 'host');
    expect(sections.discarded).to.deep.equal([
      { service: 'web', line: 'bind :80' },
      { service: 'web', line: 'nonsense' },
    ]);
  });

  it('fills in the host, the port and the name of an instance', () => {
    const haproxy = { server_options: 'check addr %{host} port %{port} track other/%{name}' };
    expect(servers({ haproxy }, instance('a', 80))).to.deep.equal([
      'server a_10.0.0.1:80 10.0.0.1:80 id 1 check addr 10.0.0.1 port 80 track other/a_10.0.0.1:80',
    ]);
  });

  it('fills templates, and puts options of the instance last', () => {
    const haproxy = { server_options: 'check port %{port} inter 1s' };
    expect(servers({ haproxy }, instance('a', 80, { serverOptions: 'backup' }))).to.deep.equal([
      'server a_10.0.0.1:80 10.0.0.1:80 id 1 check port 80 inter 1s backup',
    ]);
  });

  it('prefers the weight of nerve where that is asked for', () => {
    const haproxy = { server_options: 'check weight 5' };
    const one = instance('a', 80, { weight: 20, serverOptions: 'weight 7 rise 2' });
    expect(servers({ haproxy }, one)[0]).to.match(/ id 1 check weight 5 weight 7 rise 2$/);
    const preferring = { ...haproxy, use_nerve_weights: true };
    expect(servers({ haproxy: preferring }, one)[0]).to.match(/ id 1 check rise 2 weight 20$/);
    const services = { web: { discovery: base, haproxy } };
    const everywhere = synapseConfig(services, { use_nerve_weights: true });
    expect(render(everywhere, { web: [one] })).to.match(/ id 1 check rise 2 weight 20$/m);
  });

  it('gives cookies only where the backend has one', () => {
    const one = instance('a', 80);
    expect(servers({}, one)[0]).not.to.include('cookie');
    const haproxy = { backend: ['cookie SRV insert'] };
    expect(servers({ haproxy }, one)[0]).to.match(/ id 1 cookie a_10\.0\.0\.1:80$/);
    const hashed = { ...haproxy, cookie_value_method: 'hash' } as const;
    expect(servers({ haproxy: hashed }, one)[0]).to.match(/ cookie [0-9a-f]{40}$/);
  });

  it('writes IPv6 addresses in brackets, and takes the id that an instance brings', () => {
    const one = instance('a', 80, { host: '::1', serverOptions: 'id 77' });
    expect(servers({}, one)).to.deep.equal(['server a_::1:80 [::1]:80 id 77']);
  });

  it('orders servers as it is told', () => {
    const three = [instance('a', 1), instance('b', 1), instance('c', 1)];
    const names = (haproxy: ServiceInput['haproxy']): string =>
      servers({ haproxy }, ...three)
        .map((line) => line.charAt('server '.length))
        .join('');
    expect(names({ backend_order: 'asc' })).to.equal('abc');
    expect(names({ backend_order: 'desc' })).to.equal('cba');
    const found = [instance('b', 1), instance('a', 1), instance('c', 1)];
    const asFound = servers({ haproxy: { backend_order: 'no_shuffle' } }, ...found);
    expect(asFound.map((line) => line.charAt('server '.length)).join('')).to.equal('bac');
    const seeded = (seed: number): string =>
      section(
        render(synapseConfig({ web: { discovery: base } }, { server_order_seed: seed }), {
          web: three,
        }),
        'backend web',
      ).join();
    expect(seeded(1)).to.equal(seeded(1));
    expect(new Set([1, 2, 3, 4, 5].map(seeded)).size).to.be.greaterThan(1);
    const config = synapseConfig({ web: { discovery: base } });
    const onHost = (host: string): unknown => composeSections(config, host).backends[0]?.order;
    expect(onHost('web_1')).to.deep.equal({ seed: 'web_1' });
    expect(onHost('web_2')).to.deep.equal({ seed: 'web_2' });
  });

  it('has a fingerprint of all but the servers', () => {
    const of = (haproxy: ServiceInput['haproxy']): string =>
      composeSections(synapseConfig({ web: { discovery: base, haproxy } }), 'host').fingerprint;
    expect(of({ port: 1 })).to.equal(of({ port: 1 }));
    expect(of({ port: 1 })).not.to.equal(of({ port: 2 }));
    expect(of({ server_options: 'check' })).not.to.equal(of({ server_options: '' }));
  });
});

describe('parseServerLines', () => {
  it('gives the same text when it renders anew only what changed', () => {
    const base = { discovery: { method: 'base' }, haproxy: { port: 80 } } as const;
    const sections = composeSections(
      synapseConfig({ web: base, api: { ...base, haproxy: {} } }),
      'host',
    );
    const block = createBlockRenderer();
    const line = (name: string) => ({ name, address: '10.0.0.1:80', words: [] });
    const [one, two] = [[line('a')], [line('b'), line('c')]];
    for (const web of [one, one, two, [], two]) {
      const servers = new Map([
        ['web', web],
        ['api', one],
      ]);
      expect(renderConfig(sections, servers, block)).to.equal(renderConfig(sections, servers));
    }
  });

  it('reads back what was rendered', () => {
    const config = synapseConfig({ web: { discovery: base, haproxy: { port: 1 } } });
    const text = render(config, { web: [instance('a', 80, { serverOptions: 'maxconn 5' })] });
    expect(parseServerLines(text)).to.deep.equal(
      new Map([
        [
          'web',
          new Map([
            [
              'a_10.0.0.1:80',
              {
                name: 'a_10.0.0.1:80',
                address: '10.0.0.1:80',
                words: ['id', '1', 'maxconn', '5'],
              },
            ],
          ]),
        ],
      ]),
    );
  });
});
