import { expect } from 'chai';
import { parseNerveConfig } from '../../../../agent/config/nerve.ts';
import {
  nerveOptionsWithoutEffect,
  synapseOptionsWithoutEffect,
} from '../../../../agent/config/without-effect.ts';
import { synapseConfig } from '../../../support/synapse-config.ts';

describe('options without effect', () => {
  const nerve = (options: object): readonly string[] => {
    const parsed = parseNerveConfig({ instance_id: 'me', ...options });
    if (!parsed.ok) return expect.fail(JSON.stringify(parsed.problems));
    return nerveOptionsWithoutEffect(parsed.config);
  };

  it("are none of nerve's defaults", () => {
    expect(nerve({})).to.deep.equal([]);
  });

  it('are those that nerve is given', () => {
    const web = {
      host: 'a',
      port: 1,
      zk_hosts: ['a:2181'],
      zk_path: '/s',
      ttl_seconds: 3,
    };
    const kept = { ...web, node_type: 'persistent' };
    expect(nerve({ max_repeated_report_failures: 10, services: { web, kept } })).to.deep.equal([
      'max_repeated_report_failures',
      'services.web.ttl_seconds',
    ]);
  });

  const discovery = { method: 'zookeeper' as const, path: '/services/web', hosts: 'a:2181' };

  it("are none of synapse's defaults, nor those that do something", () => {
    const retry_policy = { base_interval: 1, max_interval: 2 };
    expect(synapseOptionsWithoutEffect(synapseConfig({}))).to.deep.equal([]);
    expect(
      synapseOptionsWithoutEffect(
        synapseConfig({ web: { discovery: { ...discovery, retry_policy } } }),
      ),
    ).to.deep.equal([]);
  });

  it('are those that synapse is given', () => {
    const web = {
      discovery: {
        ...discovery,
        decode: { endpoint_name: 'http' },
        retry_policy: { max_attempts: 3, max_delay: 60 },
      },
    };
    const config = synapseConfig({ web }, { state_file_path: '/state', state_file_ttl: 60 });
    expect(synapseOptionsWithoutEffect(config)).to.deep.equal([
      'haproxy.state_file_path',
      'haproxy.state_file_ttl',
      'services.web.discovery.decode.endpoint_name',
      'services.web.discovery.retry_policy.max_attempts',
      'services.web.discovery.retry_policy.max_delay',
    ]);
  });
});
