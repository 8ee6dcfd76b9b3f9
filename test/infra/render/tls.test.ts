import { expect } from 'chai';
import { nerveServiceFiles } from '../../../infra/render/nerve.ts';
import { speaksTls, tlsNames, tlsSections } from '../../../infra/render/tls.ts';
import {
  environmentWith,
  renderedConfig,
  renderedHaproxy,
} from '../../support/rendered-service.ts';

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
