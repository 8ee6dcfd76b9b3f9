import { expect } from 'chai';
import fc from 'fast-check';
import { parseSynapseConfig } from '../../../../agent/config/synapse.ts';
import { renderConfig } from '../../../../agent/synapse/haproxy/render.ts';
import { composeSections } from '../../../../agent/synapse/haproxy/sections.ts';

const haproxy = {
  ...{ global: [], defaults: [], config_file_path: '/h.cfg', socket_file_path: '/h.sock' },
  reload_command: 'true',
};

/** Close to what is legal, and to what hurts where it is not refused. */
const names = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(...'aZ09_.:-/ \n\t"\'#$%{}\\'), maxLength: 8 }),
  fc.constantFrom('constructor', 'toString', 'prototype', '..', '.', '-', 'a'.repeat(256)),
);

describe('names of services', () => {
  it('are refused by their place, or make one frontend and one backend of that name', () => {
    let accepted = 0;
    fc.assert(
      fc.property(names, (name) => {
        const service = { discovery: { method: 'base' }, haproxy: { port: 80 } };
        // As from JSON, where `__proto__` is a name like any other.
        const services = Object.fromEntries([[name, service]]);
        const result = parseSynapseConfig({ services, haproxy });
        if (!result.ok) {
          const paths = result.problems.map(({ path }) => path);
          expect(paths).to.have.length(1);
          expect(paths[0]).to.match(/^services\.[^\p{Cc}]*$/u);
          return;
        }
        accepted += 1;
        const text = renderConfig(composeSections(result.config, 'host'), new Map());
        const titles = text.split('\n').filter((line) => /^\w/.test(line));
        expect(titles).to.deep.equal(['global', 'defaults', `frontend ${name}`, `backend ${name}`]);
        expect(name).to.match(/^[\w.:-]{1,255}$/);
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).to.be.greaterThan(50);
  });
});
