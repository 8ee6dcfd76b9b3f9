import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const agent = new URL('../../../agent/', import.meta.url);

/** What is loaded with a module, whether or not it is used: packages of npm, by their names. */
function packagesLoadedWith(program: URL): readonly string[] {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (module: URL): void => {
    if (seen.has(module.href)) return;
    seen.add(module.href);
    const text = readFileSync(fileURLToPath(module), 'utf8');
    for (const [, what = '', from = ''] of text.matchAll(statement)) {
      const isOfTypes = what.startsWith('type ') || (what !== '' && namesOnlyTypes(what));
      if (isOfTypes || from.startsWith('node:')) continue;
      if (from.startsWith('.')) visit(new URL(from, module));
      else packages.add(from);
    }
  };
  visit(program);
  return [...packages].sort();
}

const statement = /^(?:import|export) (?:([^'";]+?) from )?'([^']+)';/gm;

function namesOnlyTypes(what: string): boolean {
  const [, names = ''] = /^\{([^}]*)\}$/.exec(what.trim()) ?? [];
  const list = names.split(',').filter((one) => one.trim() !== '');
  return list.length > 0 && list.every((one) => one.trim().startsWith('type '));
}

/** Of sessions, metrics and schemas: used by every configuration. */
const always = ['node-zookeeper-client', 'prom-client', 'zod'];

describe('a daemon that starts', () => {
  for (const daemon of ['nerve', 'synapse']) {
    it(`loads no driver that its configuration may not need (${daemon})`, () => {
      const program = new URL(`bin/${daemon}.ts`, agent);
      expect(packagesLoadedWith(program)).to.deep.equal(always);
    });
  }

  it('is judged by a look that finds what is loaded', () => {
    const client = new URL('synapse/resolvers/s3-object.ts', agent);
    expect(packagesLoadedWith(client)).to.include('@aws-sdk/client-s3');
  });
});
