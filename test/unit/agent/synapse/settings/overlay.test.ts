import { expect } from 'chai';
import fc from 'fast-check';
import { renderConfig } from '../../../../../agent/synapse/haproxy/render.ts';
import { composeSections } from '../../../../../agent/synapse/haproxy/sections.ts';
import { overlaySettings } from '../../../../../agent/synapse/settings/overlay.ts';
import type { RegistrySettings } from '../../../../../agent/synapse/settings/parse.ts';
import { type ServiceInput, synapseConfig } from '../../../../support/synapse-config.ts';

const discovery = { method: 'base' as const };

describe('overlaySettings', () => {
  function overlay(
    settings: Readonly<Record<string, RegistrySettings>>,
    services: Readonly<Record<string, ServiceInput>> = {},
  ) {
    const web: ServiceInput = {
      discovery,
      haproxy: { port: 3_333, server_options: 'check', backend_order: 'asc' },
    };
    const config = synapseConfig({ web, ...services });
    const { config: result, refused } = overlaySettings(config, new Map(Object.entries(settings)));
    return {
      haproxy: result.services.web?.haproxy,
      services: result.services,
      refused: refused.map(({ service, option, reason }) => `${service} ${option}: ${reason}`),
      before: config,
      after: result,
    };
  }

  it('puts the settings that may come from anywhere over those of the file', () => {
    const haproxy = {
      server_options: 'check inter 1s rise 2 cookie %{name}',
      backend_order: 'desc',
      cookie_value_method: 'hash',
      use_nerve_weights: true,
    };
    const { haproxy: result, refused } = overlay({ web: { haproxy } });
    expect(result).to.deep.include({ ...haproxy, port: 3_333 });
    expect(refused).to.deep.equal([]);
  });

  it('has HAProxy look up no name of a host', () => {
    const refusedWith = (server_options: string) =>
      overlay({ web: { haproxy: { server_options } } }).refused;
    expect(refusedWith('check addr %{host}')).to.deep.equal([
      'web haproxy.server_options: addr has no legal value',
    ]);
    expect(refusedWith('check addr 10.0.0.9')).to.deep.equal([]);
  });

  it('leaves everything as it is without any', () => {
    const { before, after } = overlay({ gone: { haproxy: { backend_order: 'desc' } } });
    expect(after).to.deep.equal(before);
  });

  it('wants trust for raw lines, ports, addresses and names', () => {
    const haproxy = {
      port: 1,
      bind_address: '0.0.0.0',
      bind_options: 'ssl',
      frontend: ['a'],
      backend: ['b'],
      listen: ['c'],
      shared_frontend: ['d'],
      backend_name: 'e',
      disabled: true,
    };
    const { before, after, refused } = overlay({ web: { haproxy } });
    expect(after).to.deep.equal(before);
    expect(refused).to.deep.equal(
      Object.keys(haproxy).map((key) => `web haproxy.${key}: takes trust_registry_config`),
    );
    const trusted = { web: { discovery, trust_registry_config: true } };
    const { haproxy: result, refused: none } = overlay({ web: { haproxy } }, trusted);
    expect(result).to.deep.include(haproxy);
    expect(none).to.deep.equal([]);
  });

  it('puts nothing in the place of options by which servers prove who they are', () => {
    const server_options = 'check ssl verify required ca-file /ca.pem';
    const web = { discovery, haproxy: { server_options } };
    const settings = { web: { haproxy: { server_options: 'check' } } };
    const { haproxy, refused } = overlay(settings, { web });
    expect(haproxy).to.include({ server_options });
    expect(refused).to.deep.equal([
      'web haproxy.server_options: takes trust_registry_config, as those of the file verify ' +
        'certificates',
    ]);
    const trusted = overlay(settings, { web: { ...web, trust_registry_config: true } });
    expect(trusted.haproxy).to.include({ server_options: 'check' });
  });

  it('refuses the bad ones, names them, and takes the rest', () => {
    const { haproxy, refused } = overlay({
      web: {
        haproxy: {
          backend_order: 'sideways',
          use_nerve_weights: 'yes',
          cookie_value_method: ['hash'],
          server_port_override: 80,
          nonsense: 1,
          'a\nb': 1,
          constructor: 1,
          server_options: 'check inter 5s',
        },
        envoy: { a: 1, b: 2 },
      },
    });
    expect(haproxy).to.include({ backend_order: 'asc', server_options: 'check inter 5s' });
    expect(refused).to.deep.equal([
      'web haproxy.backend_order: has no legal value',
      'web haproxy.use_nerve_weights: has no legal value',
      'web haproxy.cookie_value_method: has no legal value',
      'web haproxy.server_port_override: has no effect from the registry',
      'web haproxy.nonsense: there is no such option',
      'web haproxy.a?b: there is no such option',
      'web haproxy.constructor: there is no such option',
      'web envoy: there is no such generator',
    ]);
  });

  it('tunes the servers of nginx by a list of words, too', () => {
    const good = 'weight=5 max_fails=0  fail_timeout=30s max_conns=100';
    const { services } = overlay({ web: { nginx: { server_options: good } } });
    expect(services.web?.nginx).to.include({ server_options: good });
    const reasons = [
      'down',
      'max_fails=0 backup',
      'weight=0',
      'weight',
      'weight=5;',
      'max_fails=1 } evil {',
      'resolve',
    ].map((server_options) => overlay({ web: { nginx: { server_options } } }).refused);
    expect(reasons).to.deep.equal([
      ['web nginx.server_options: down is not allowed from the registry'],
      ['web nginx.server_options: backup is not allowed from the registry'],
      ['web nginx.server_options: weight has no legal value'],
      ['web nginx.server_options: weight has no legal value'],
      ['web nginx.server_options: weight has no legal value'],
      ['web nginx.server_options: a word of illegal form is not allowed from the registry'],
      ['web nginx.server_options: resolve is not allowed from the registry'],
    ]);
    const trusted = { web: { discovery, trust_registry_config: true } };
    const raw = { web: { nginx: { server_options: 'backup', listen_options: 'backlog=9' } } };
    expect(overlay(raw, trusted).refused).to.deep.equal([]);
  });

  it('orders the servers of nginx, whoever says so', () => {
    const { services, refused } = overlay({ web: { nginx: { upstream_order: 'desc' } } });
    expect(services.web?.nginx).to.include({ upstream_order: 'desc' });
    expect(refused).to.deep.equal([]);
  });

  it('takes a service out of file_output and nginx only where it is trusted', () => {
    const disabled = { web: { file_output: { disabled: true }, nginx: { disabled: true } } };
    const { before, after, refused } = overlay(disabled);
    expect(after).to.deep.equal(before);
    expect(refused).to.deep.equal([
      'web file_output.disabled: takes trust_registry_config',
      'web nginx.disabled: takes trust_registry_config',
    ]);
    const trusted = overlay(disabled, { web: { discovery, trust_registry_config: true } });
    expect(trusted.services.web).to.deep.include({ file_output: { disabled: true } });
    expect(trusted.services.web?.nginx).to.include({ disabled: true });
    expect(trusted.refused).to.deep.equal([]);
  });

  it('lets only the words through that a registration may have', () => {
    for (const text of [
      'check\nbind *:1',
      'source 10.0.0.1',
      'resolvers dns',
      'ca-file /etc/passwd',
      'id 5',
      'check inter',
      'check # quiet',
    ]) {
      const { haproxy, refused } = overlay({ web: { haproxy: { server_options: text } } });
      expect(haproxy?.server_options, text).to.equal('check');
      expect(refused, text).to.have.length(1);
      expect(refused[0]).to.not.include('\n');
    }
    const trusted = { web: { discovery, trust_registry_config: true } };
    const options = { haproxy: { server_options: 'check resolvers dns' } };
    expect(overlay({ web: options }, trusted).refused).to.deep.equal([]);
    // One line it must be all the same.
    const broken = { haproxy: { server_options: 'check\nbind *:1', listen: ['a\nb'] } };
    expect(overlay({ web: broken }, trusted).refused).to.have.length(2);
  });

  it('refuses a port or a backend that another service has', () => {
    const other = { discovery, haproxy: { port: 4_444 } };
    const web = { discovery, trust_registry_config: true, haproxy: { port: 3_333 } };
    const settings = { web: { haproxy: { port: 4_444, backend_order: 'desc' } } };
    const { haproxy, services, refused } = overlay(settings, { web, other });
    expect(haproxy).to.include({ port: 3_333, backend_order: 'desc' });
    expect(services.other?.haproxy.port).to.equal(4_444);
    expect(refused).to.have.length(1);
    expect(refused[0]).to.match(/^web .*another service has the same already$/);
  });

  it('takes what copies of one service share for no conflict', () => {
    const web = { discovery, haproxy: { port: 3_333 }, load_test_concurrency: 2 };
    const desc = { haproxy: { backend_order: 'desc' } };
    const { services, refused } = overlay({ web_0: desc, web_1: desc }, { web });
    expect(services.web_1?.haproxy).to.include({ port: 3_333, backend_order: 'desc' });
    expect(refused).to.deep.equal([]);
  });

  it('adds no line to the file that the file would not have without it, whatever it is', () => {
    const value = fc.oneof(
      fc.string(),
      fc.array(fc.string()),
      fc.boolean(),
      fc.integer(),
      fc.constantFrom('check inter 1s', 'desc', 'hash', 'x\n\tbind *:1', null),
    );
    const keys = [
      'server_options',
      'backend_order',
      'listen',
      'port',
      'backend',
      'cookie_value_method',
    ];
    const key = fc.oneof(fc.constantFrom(...keys), fc.string());
    const lines = (config: Parameters<typeof composeSections>[0]): readonly string[] =>
      renderConfig(composeSections(config, 'host'), new Map())
        .split('\n')
        .filter((one) => !one.includes('description synapse:'));
    fc.assert(
      fc.property(fc.dictionary(key, value), (haproxy) => {
        const { before, after } = overlay({ web: { haproxy } });
        expect(lines(after)).to.deep.equal(lines(before));
      }),
    );
  });
});
