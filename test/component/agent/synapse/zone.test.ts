import { expect } from 'chai';
import type { TestBackend } from '../../../support/backend.ts';
import { eventually } from '../../../support/eventually.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';
import type { Traffic } from '../../../support/traffic.ts';

/** The first connection that is refused is a failed check. */
const server_options =
  'check inter 200ms rise 2 fall 2 observe layer4 error-limit 1 on-error mark-down';
/** Of two that die at once, each may cut one attempt of a request and refuse another. */
const listen = [
  'retries 4',
  'option httpchk GET /health',
  'balance roundrobin',
  'retry-on conn-failure empty-response',
];

describe('synapse and zones', () => {
  let bed: SynapseBed;
  let own: readonly TestBackend[];
  let others: readonly TestBackend[];

  beforeEach(async () => {
    bed = await createSynapseBed();
    const zone = { label: 'az', value: 'a', min_share: 0.7 };
    bed.configure({ web: { server_options, listen }, service: { zone } });
    const start = async (az: string): Promise<readonly TestBackend[]> => {
      const backends = [await bed.backend(`${az}1`), await bed.backend(`${az}2`)];
      for (const backend of backends) bed.register(backend, { labels: { az } });
      return backends;
    };
    [own, others] = [await start('a'), await start('b')];
    await bed.startServing(...own, ...others);
  });

  afterEach(() => bed.destroy());

  const weights = async (backends: readonly TestBackend[]): Promise<readonly unknown[]> =>
    await Promise.all(backends.map(async (one) => (await bed.server(one))?.weight));
  const share = ({ answers }: Traffic, backends: readonly TestBackend[]): number => {
    const total = [...answers.values()].reduce((sum, count) => sum + count, 0);
    const theirs = backends.reduce((sum, { name }) => sum + (answers.get(name) ?? 0), 0);
    return theirs / total;
  };

  it('sends all but a trace to its own', async () => {
    expect(await weights([...own, ...others])).to.deep.equal([256, 256, 1, 1]);
    const traffic = bed.startTraffic();
    await eventually(() => {
      const count = own.reduce((sum, { answered }) => sum + answered, 0);
      expect(count).to.be.greaterThan(200);
    });
    await traffic.stop();
    expect(share(traffic, own)).to.be.greaterThan(0.9);
    expect([...traffic.failures]).to.deep.equal([]);
  });

  it('goes on in the other zones when its own dies under traffic: no failed request', async () => {
    const traffic = bed.startTraffic();
    await eventually(() => expect(own[0]?.answered).to.be.greaterThan(50));
    await Promise.all(own.map((backend) => backend.stop()));
    await eventually(async () => expect(await weights(others)).to.deep.equal([1, 1]));
    await eventually(() => expect(others[1]?.answered).to.be.greaterThan(50));
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
    expect(bed.logger.events()).not.to.include('proxy-reloaded');
  });

  it('does so without synapse (law 1)', async () => {
    await bed.synapse().stop();
    const traffic = bed.startTraffic();
    await eventually(() => expect(own[0]?.answered).to.be.greaterThan(50));
    await Promise.all(own.map((backend) => backend.stop()));
    await eventually(() => expect(others[1]?.answered).to.be.greaterThan(50));
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
  });

  it('serves everywhere alike while its own has too few up, and returns', async () => {
    own[0]?.setHealthy(false);
    await eventually(async () => {
      expect(await weights([...own, ...others])).to.deep.equal([1, 1, 1, 1]);
    });
    own[0]?.setHealthy(true);
    await eventually(async () => {
      expect(await weights([...own, ...others])).to.deep.equal([256, 256, 1, 1]);
    });
    expect(bed.logger.events()).not.to.include('proxy-reloaded');
  });
});
