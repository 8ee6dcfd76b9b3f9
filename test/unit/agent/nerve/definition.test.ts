import { expect } from 'chai';
import { nerveConfigSchema } from '../../../../agent/config/nerve.ts';
import { defineServices } from '../../../../agent/nerve/definition.ts';

describe('defineServices', () => {
  it('makes as many copies as load_test_concurrency says, each an instance of its own', () => {
    const service = { host: '10.0.0.5', port: 3333, zk_hosts: ['a:2181'], zk_path: '/web' };
    const config = nerveConfigSchema.parse({
      instance_id: 'node_1',
      services: { web: { ...service, load_test_concurrency: 3 }, one: service },
    });
    const names = [...defineServices(config)].map(([name, { registration }]) => [
      name,
      registration.name,
    ]);
    expect(names).to.deep.equal([
      ['web_0', 'node_1-0'],
      ['web_1', 'node_1-1'],
      ['web_2', 'node_1-2'],
      ['one', 'node_1'],
    ]);
  });

  it('registers the instance where clients reach it, and checks it where it listens', () => {
    const config = nerveConfigSchema.parse({
      instance_id: 'node_1',
      services: {
        web: {
          ...{ host: '127.0.0.1', port: 8001, zk_hosts: ['a:2181'], zk_path: '/web' },
          registered_as: { host: '10.0.0.5', port: 18_001 },
          checks: [{ type: 'tcp' }],
        },
      },
    });
    const web = defineServices(config).get('web');
    expect(web?.registration).to.deep.equal({ host: '10.0.0.5', port: 18_001, name: 'node_1' });
    expect(web).to.include({ host: '127.0.0.1', port: 8001 });
    expect(web?.checks.map(({ host, port }) => [host, port])).to.deep.equal([['127.0.0.1', 8001]]);
  });
});
