import { expect } from 'chai';
import fc from 'fast-check';
import { nginxSchema } from '../../../../../../agent/config/synapse-generators.ts';
import type { GeneratedService } from '../../../../../../agent/synapse/generators/generator.ts';
import {
  type RenderedNginx,
  renderNginx,
} from '../../../../../../agent/synapse/generators/nginx/render.ts';
import { generatedService, instance } from '../../../../../support/generated-service.ts';

const off = { do_writes: false, do_reloads: false };
const contexts = { main: 'worker_processes 1', events: ['worker_connections 64'] };

function render(
  services: readonly GeneratedService[],
  more: object = {},
  seed = 'host-a',
): RenderedNginx {
  const options = nginxSchema.parse({ ...off, contexts, ...more });
  const addressOf = (host: string): string | undefined =>
    host.includes('unknown') ? undefined : host;
  return renderNginx(options, services, { addressOf, seed });
}

function serversOf({ text }: RenderedNginx): readonly string[] {
  return [...text.matchAll(/server (\S+:\d+.*);/g)].map(([, words = '']) => words);
}

const [one, two] = [instance('one', 81), instance('two', 80, { host: '::1' })];

describe('renderNginx', () => {
  it('renders the whole file', () => {
    const web = generatedService([two, one], {
      nginx: {
        port: 3300,
        listen_options: 'reuseport',
        upstream: ['least_conn', 'keepalive 4;'],
        server: ['access_log off', 'location = /ping { return 204; }'],
        server_options: 'max_fails=2',
      },
    });
    const db = generatedService([instance('db', 5432)], {
      name: 'db:main',
      nginx: { mode: 'tcp', port: 3301, listen_address: '127.0.0.2' },
    });
    const http = ['log_format short $status', 'map $uri $kind { default plain; }'];
    expect(render([web, db], { contexts: { ...contexts, http } }).text).to.equal(
      `# Written by synapse: what you change here is lost.

worker_processes 1;

events {
\tworker_connections 64;
}

http {
\tlog_format short $status;
\tmap $uri $kind { default plain; }
\tserver {
\t\tlisten localhost:3300 reuseport;
\t\taccess_log off;
\t\tlocation = /ping { return 204; }
\t\tlocation / {
\t\t\tproxy_pass http://web;
\t\t}
\t}
\tupstream web {
\t\tleast_conn;
\t\tkeepalive 4;
\t\tserver 10.0.0.1:81 max_fails=2;
\t\tserver [::1]:80 max_fails=2;
\t}
}

stream {
\tserver {
\t\tlisten 127.0.0.2:3301;
\t\tproxy_pass db_main;
\t}
\tupstream db_main {
\t\tserver 10.0.0.1:5432;
\t}
}
`,
    );
  });

  it('renders contexts of any name, and puts services behind the lines of stream', () => {
    const mail = ['server_name mail.test', 'auth_http localhost:9000;'];
    const stream = ['preread_timeout 5s'];
    const db = generatedService([instance('db', 5432)], { name: 'db', nginx: { mode: 'tcp' } });
    const { text } = render([db], { contexts: { ...contexts, mail, stream } });
    expect(text).to.equal(
      `# Written by synapse: what you change here is lost.

worker_processes 1;

events {
\tworker_connections 64;
}

mail {
\tserver_name mail.test;
\tauth_http localhost:9000;
}

stream {
\tpreread_timeout 5s;
\tupstream db {
\t\tserver 10.0.0.1:5432;
\t}
}
`,
    );
  });

  it('answers 503 for an http service without instances, and leaves a tcp one out', () => {
    const http = generatedService([], { nginx: { port: 3300 } });
    const tcp = generatedService([], { name: 'db', nginx: { mode: 'tcp', port: 3301 } });
    const { text } = render([http, tcp]);
    expect(text).to.include('return 503;').and.not.include('upstream');
    expect(text).to.not.include('stream {').and.not.include('3301');
  });

  it('renders an upstream alone for a service without a port, nothing for a disabled one', () => {
    const bare = generatedService([one], { nginx: { upstream_name: 'other' } });
    const disabled = generatedService([two], { name: 'off', nginx: { disabled: true, port: 80 } });
    const { text } = render([bare, disabled]);
    expect(text).to.include('upstream other {').and.not.include('listen').and.not.include('::1');
  });

  it('listens where the service says, else where all do', () => {
    const services = [
      generatedService([one], { nginx: { port: 1 } }),
      generatedService([one], { name: 'own', nginx: { port: 2, listen_address: '127.0.0.9' } }),
    ];
    const { text } = render(services, { listen_address: '0.0.0.0' });
    expect([...text.matchAll(/listen (.*);/g)].map(([, where]) => where)).to.deep.equal([
      '0.0.0.0:1',
      '127.0.0.9:2',
    ]);
  });

  it('orders servers as upstream_order says, and shuffles to one order a host', () => {
    const instances = Array.from({ length: 8 }, (_, index) => instance(`i${7 - index}`, index + 1));
    const order = (upstream_order: 'asc' | 'desc' | 'shuffle' | 'no_shuffle', seed?: string) =>
      serversOf(render([generatedService(instances, { nginx: { upstream_order } })], {}, seed));
    const found = instances.map(({ port }) => `10.0.0.1:${port}`);
    expect(order('no_shuffle')).to.deep.equal(found);
    expect(order('asc')).to.deep.equal(found.toReversed());
    expect(order('desc')).to.deep.equal(found);
    expect(order('shuffle')).to.deep.equal(order('shuffle'));
    expect(order('shuffle')).to.have.members(found).and.not.deep.equal(order('asc'));
    expect(order('shuffle', 'host-b')).to.not.deep.equal(order('shuffle', 'host-a'));
  });

  it('sends nothing new to an instance that drains, unless all do', () => {
    const draining = { ...one, draining: true };
    expect(serversOf(render([generatedService([draining, two])]))).to.deep.equal([
      '10.0.0.1:81 down',
      '[::1]:80',
    ]);
    expect(serversOf(render([generatedService([draining])]))).to.deep.equal(['10.0.0.1:81']);
  });

  it('names an instance whose host has no address, and serves the others', () => {
    const lost = instance('lost', 80, { host: 'unknown.example' });
    const rendered = render([generatedService([lost, one])]);
    expect(serversOf(rendered)).to.deep.equal(['10.0.0.1:81']);
    expect(rendered.rejected).to.deep.equal([
      {
        service: 'web',
        server: 'lost_unknown.example:80',
        reason: 'its host name has no address',
      },
    ]);
  });

  it('is the same whatever the registry says besides addresses and ports', () => {
    const text = fc.string({ unit: 'binary' });
    const hostile = fc.record({
      name: text,
      serverOptions: text,
      labels: fc.dictionary(text, text),
      sequence: fc.integer(),
      weight: fc.nat(256),
    });
    const plain = render([generatedService([one])]).text;
    fc.assert(
      fc.property(hostile, (more) => {
        expect(render([generatedService([{ ...one, ...more }])]).text).to.equal(plain);
      }),
    );
  });

  it('lets no text of the registry into the file', () => {
    const hostile = instance('one; } http { #', 80, {
      serverOptions: 'backup; include /etc/passwd',
      labels: { zone: '"; }' },
    });
    expect(serversOf(render([generatedService([hostile])]))).to.deep.equal(['10.0.0.1:80']);
    expect(render([generatedService([hostile])]).text).to.not.match(/passwd|zone|#\s*\n.*}/);
  });
});
