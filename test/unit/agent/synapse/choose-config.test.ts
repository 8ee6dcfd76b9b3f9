import { expect } from 'chai';
import type { SynapseConfig } from '../../../../agent/config/synapse.ts';
import { chooseConfig } from '../../../../agent/synapse/choose-config.ts';
import type { CheckResult } from '../../../../agent/synapse/haproxy/config-file.ts';
import { synapseConfig } from '../../../support/synapse-config.ts';

function config(ports: Readonly<Record<string, number>>): SynapseConfig {
  return synapseConfig(
    Object.fromEntries(
      Object.entries(ports).map(([name, port]) => [
        name,
        { discovery: { method: 'base' as const }, haproxy: { port } },
      ]),
    ),
  );
}

/** HAProxy does not take a service on port 666. */
async function check({ services }: SynapseConfig): Promise<CheckResult> {
  const bad = Object.entries(services).find(([, { haproxy }]) => haproxy.port === 666);
  return bad ? { ok: false, output: `bad: ${bad[0]}`, complaints: [] } : { ok: true };
}

function loaded(ports: Readonly<Record<string, number>>, rejected: readonly string[] = []) {
  return {
    ok: true as const,
    config: config(ports),
    identities: [],
    rejected: new Map(rejected.map((name) => [name, [`${name}.json: bad`]])),
    files: new Map(Object.keys(ports).map((name) => [name, `${name}.json`])),
  };
}

async function choose(
  ports: Readonly<Record<string, number>>,
  rejected: readonly string[],
  running?: Readonly<Record<string, number>>,
) {
  const chosen = await chooseConfig(loaded(ports, rejected), running && config(running), check);
  if (!chosen.ok) return chosen;
  const entries = Object.entries(chosen.config.services);
  const services = Object.fromEntries(entries.map(([name, { haproxy }]) => [name, haproxy.port]));
  return { services, problems: chosen.problems };
}

describe('chooseConfig', () => {
  it('takes what is good', async () => {
    expect(await choose({ a: 1, b: 2 }, [])).to.eql({ services: { a: 1, b: 2 }, problems: [] });
  });

  it('leaves out at the start what is bad', async () => {
    expect(await choose({ a: 1, b: 666 }, ['c'])).to.deep.equal({
      services: { a: 1 },
      problems: ['c.json: bad', 'b.json: HAProxy does not take it: bad: b'],
    });
  });

  it('keeps what runs of a service whose file is bad', async () => {
    expect(await choose({ a: 1, b: 666 }, ['c'], { a: 5, b: 6, c: 7 })).to.deep.equal({
      services: { a: 1, b: 6, c: 7 },
      problems: ['c.json: bad', 'b.json: HAProxy does not take it: bad: b'],
    });
  });

  it('forgets a service whose file is gone', async () => {
    expect(await choose({ a: 1 }, [], { a: 1, b: 2 })).to.deep.include({ services: { a: 1 } });
  });

  it('refuses all where what stays has what another one wants', async () => {
    expect(await choose({ a: 7 }, ['c'], { c: 7 })).to.deep.include({
      ok: false,
      problems: [
        'services.a: localhost:7 is taken by the service c, which stays because its own file is ' +
          'bad; must be another one, or that file good',
      ],
    });
  });

  it('refuses all where it is not the files that HAProxy does not take', async () => {
    const files = new Map<string, string>();
    const chosen = await chooseConfig({ ...loaded({ a: 666 }), files }, undefined, check);
    expect(chosen).to.deep.equal({ ok: false, by: 'haproxy', problems: ['bad: a'] });
  });
});
