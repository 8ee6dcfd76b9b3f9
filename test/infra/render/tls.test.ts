import { basename } from 'node:path';
import { expect } from 'chai';
import { serviceHostFiles } from '../../../infra/render/host.ts';
import { nerveServiceFiles } from '../../../infra/render/nerve.ts';
import { speaksTls, tlsNames, tlsSections } from '../../../infra/render/tls.ts';
import {
  environmentWith,
  renderedConfig,
  renderedHaproxy,
} from '../../support/rendered-service.ts';
import { textOf } from '../../support/tutorial.ts';

const files = 'ca-file /etc/smartstack/tls/ca.pem crt /etc/smartstack/tls/host.pem';

describe('a service over TLS', () => {
  it('is answered for by a section of its own on each of its hosts', () => {
    const { haproxy } = renderedConfig(environmentWith({ web: { tls: true } }));
    expect(haproxy?.extra_sections).to.have.all.keys(
      'listen stats',
      'backend certificates.tls',
      'listen web.tls',
    );
    expect(haproxy?.extra_sections?.['listen web.tls']).to.deep.equal([
      `bind *:18001 ssl verify required ${files} ssl-min-ver TLSv1.3`,
      'mode tcp',
      'option tcplog',
      'option dontlog-normal',
      'tcp-request connection reject if { nbsrv lt 1 }',
      'retries 0',
      'timeout connect 1000ms',
      'timeout check 1000ms',
      'option clitcpka',
      'option srvtcpka',
      'timeout client 3600000ms',
      'timeout server 3600000ms',
      'server instance 127.0.0.1:8001 check inter 1000ms downinter 100ms rise 1 fall 1 ' +
        'observe layer4 error-limit 1 on-error mark-down',
    ]);
  });

  it('is asked for by its name, with the certificate of the host that asks', () => {
    expect(renderedHaproxy({ tls: true }).server_options).to.match(
      new RegExp(
        ` maxconn 500 ssl verify required ${files} verifyhost web\\.services\\.test\\.smartstack ` +
          'ssl-min-ver TLSv1\\.3 check-ssl$',
      ),
    );
  });

  it('is registered where it is reached, and checked where it listens', () => {
    const tls = { port: 9_443 };
    const file = nerveServiceFiles(environmentWith({ web: { tls } }), 'one').get('web');
    expect(JSON.parse(file?.content ?? '')).to.deep.include({
      host: '127.0.0.1',
      port: 8_001,
      registered_as: { host: '192.0.2.2', port: 9_443 },
    });
  });

  it('has its files loaded at the start of every HAProxy that asks, for servers added later', () => {
    const { 'backend certificates.tls': loaded } = tlsSections(twoHosts(['two']), 'two');
    expect(loaded).to.deep.equal([
      '# certificate (issue)',
      `server none 127.0.0.1:1 disabled ssl verify required ${files}`,
    ]);
  });

  it('is named in the certificate of a host that runs it, and of no other', () => {
    const environment = twoHosts(['two']);
    expect(tlsNames(environment, 'one')).to.deep.equal(['web.services.test.smartstack']);
    expect(tlsNames(environment, 'two')).to.deep.equal([]);
  });

  it('leaves hosts alone that neither run nor reach it', () => {
    const environment = twoHosts([]);
    expect(speaksTls(environment, 'one')).to.equal(true);
    expect(speaksTls(environment, 'two')).to.equal(false);
    expect(tlsSections(environment, 'two')).to.deep.equal({});
  });

  it('goes down in order: out of the registry, then the instance, then what brings it requests', () => {
    const run = { command: '/bin/true' };
    const environment = environmentWith({
      web: { tls: true, run, consumers: ['two'] },
      plain: { run },
    });
    const orderOf = (host: string, name: string): readonly string[] => {
      const { nerve, haproxy, synapse, services } = serviceHostFiles(environment, textOf)(host);
      const files = [...nerve, ...haproxy, ...synapse, ...(services.get(name)?.files ?? [])];
      return files.flatMap(({ path, content }) => {
        const lines = content.match(/^(After|Before)=(?!network).*$/gm) ?? [];
        return lines.map((line) => `${basename(path, '.service')} ${line}`);
      });
    };
    const always = ['nerve After=haproxy.service', 'haproxy After=synapse.service'];
    expect(orderOf('one', 'web')).to.deep.equal([
      ...always,
      ...['web Before=nerve.service', 'web After=haproxy.service'],
    ]);
    expect(orderOf('one', 'plain').at(-1)).to.equal('plain Before=nerve.service');
    expect(orderOf('two', 'web')).to.deep.equal(always);
  });

  it('ties nothing to HAProxy: what cannot start keeps nobody else from starting (law 1)', () => {
    const run = { command: '/bin/true' };
    const { nerve, services } = serviceHostFiles(
      environmentWith({ web: { tls: true, run } }),
      textOf,
    )('one');
    for (const { content } of [...nerve, ...(services.get('web')?.files ?? [])]) {
      expect(content).not.to.match(/^(Wants|Requires|Requisite|BindsTo|PartOf)=.*haproxy/m);
    }
  });

  it('changes nothing of a plain one', () => {
    const environment = environmentWith({ plain: {}, web: { tls: true } });
    const { services } = renderedConfig(environment);
    const alone = renderedConfig(environmentWith({ plain: {} }));
    expect(services?.plain).to.deep.equal(alone.services?.plain);
    expect(Object.keys(alone.haproxy?.extra_sections ?? {})).to.deep.equal(['listen stats']);
    const file = nerveServiceFiles(environment, 'one').get('plain');
    expect(JSON.parse(file?.content ?? '')).to.include({ host: '192.0.2.2', port: 8_001 });
    expect(JSON.parse(file?.content ?? '')).not.to.have.property('registered_as');
  });
});

/** `web` runs on `one`, and `consumers` reach it. */
function twoHosts(consumers: readonly string[]) {
  return environmentWith({ web: { tls: true, consumers: [...consumers] } });
}
