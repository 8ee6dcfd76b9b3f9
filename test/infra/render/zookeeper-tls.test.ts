import { expect } from 'chai';
import { parseNerveConfig } from '../../../agent/config/nerve.ts';
import type { Environment } from '../../../infra/render/environment.ts';
import { ensembleAddresses, ensembleHosts } from '../../../infra/render/environment.ts';
import { nerveFile, nerveServiceFiles } from '../../../infra/render/nerve.ts';
import { memberLines } from '../../../infra/render/zookeeper.ts';
import { doorFiles, tunnelFiles, tunnels } from '../../../infra/render/zookeeper-tls.ts';
import { environmentWith, renderedConfig } from '../../support/rendered-service.ts';

function withTls(tls: boolean | undefined): Environment {
  const { catalog, ...rest } = environmentWith({ web: {} });
  const { tls: _, ...ensemble } = catalog.ensemble;
  const wanted = tls === undefined ? ensemble : { ...ensemble, tls };
  return { ...rest, catalog: { ...catalog, ensemble: wanted } };
}

const on = withTls(true);

describe('TLS to ZooKeeper', () => {
  it('goes through a tunnel of its own on each service host, at a port for each member', () => {
    const { name, unit, config } = tunnelFiles(on) ?? expect.fail();
    expect(name).to.equal('zookeeper-tunnel');
    expect(config.path).to.equal('/etc/smartstack/zookeeper-tunnel.cfg');
    expect(config.content).to.include(
      'listen member-1\n' +
        '  bind 127.0.0.1:12181\n' +
        '  server member 192.0.2.1:2281 ssl verify required ' +
        'ca-file /etc/smartstack/tls/ensemble.pem crt /etc/smartstack/tls/host.pem ' +
        'ssl-min-ver TLSv1.3\n',
    );
    expect(unit.content.split('\n')).to.include.members([
      'Before=nerve.service synapse.service',
      'ExecStart=/usr/sbin/haproxy -Ws -f /etc/smartstack/zookeeper-tunnel.cfg',
      'ExecReload=/bin/kill -USR2 $MAINPID',
      'User=smartstack',
      'NoNewPrivileges=yes',
      'CapabilityBoundingSet=',
    ]);
  });

  it('ends at the door of a member, which takes clients with a certificate and nobody else', () => {
    const { name, config } = doorFiles(on) ?? expect.fail();
    expect(name).to.equal('zookeeper-door');
    expect(config.content).to.include(
      'listen door\n' +
        '  bind *:2281 ssl crt /etc/zookeeper/tls/member.pem ' +
        'verify required ca-file /etc/zookeeper/tls/clients.pem ssl-min-ver TLSv1.3\n' +
        '  server zookeeper 127.0.0.1:2181\n',
    );
  });

  it('leaves ZooKeeper itself to its own host', () => {
    expect(memberLines(on, 'participant')).to.equal(
      'server.1=192.0.2.1:2888:3888:participant;127.0.0.1:2181\n',
    );
    expect(ensembleAddresses(on)).to.deep.equal(['192.0.2.1:2281']);
  });

  it('tells nerve and synapse of the way, and calls members what it always did', () => {
    const way = { '192.0.2.1:2181': '127.0.0.1:12181' };
    const nerve = JSON.parse(nerveFile(on, 'one').content);
    expect(parseNerveConfig(nerve)).to.have.property('ok', true);
    expect(nerve.zk_tunnels).to.deep.equal(way);
    expect(renderedConfig(on).zk_tunnels).to.deep.equal(way);
    const services = (environment: Environment) => nerveServiceFiles(environment, 'one');
    expect(services(on)).to.deep.equal(services(withTls(undefined)));
    expect(ensembleHosts(on)).to.deep.equal(['192.0.2.1:2181']);
  });

  it('is nothing by default, nor once it is off', () => {
    for (const off of [withTls(undefined), withTls(false)]) {
      expect(tunnelFiles(off)).to.equal(undefined);
      expect(doorFiles(off)).to.equal(undefined);
      expect(tunnels(off)).to.equal(undefined);
      expect(JSON.parse(nerveFile(off, 'one').content)).not.to.have.property('zk_tunnels');
      expect(renderedConfig(off)).not.to.have.property('zk_tunnels');
      expect(memberLines(off, 'participant')).to.include(';0.0.0.0:2181');
      expect(ensembleAddresses(off)).to.deep.equal(['192.0.2.1:2181']);
    }
  });
});
