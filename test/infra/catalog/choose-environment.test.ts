import { expect } from 'chai';
import { chooseEnvironment } from '../../../infra/catalog/choose-environment.ts';

const several = {
  ensemble: { size: 1, heapMb: 128 },
  services: { web: { port: 1, labels: { a: '1', b: '2' }, calls: ['x', 'y'] }, mail: { port: 2 } },
  environments: {
    staging: { hosts: { all: {} }, services: { web: { on: ['all'] }, mail: null } },
    production: {
      ensemble: { size: 3 },
      services: {
        web: { calls: ['x'], labels: { b: null, c: '3' } },
        shop: { port: 3, gone: null },
      },
    },
    bare: null,
  },
};

describe('chooseEnvironment', () => {
  /** The mistake, as `path: message`. */
  function mistake(catalog: unknown, wanted?: string): string | undefined {
    const chosen = chooseEnvironment(catalog, wanted);
    if (chosen.ok) return undefined;
    return chosen.problems.map(({ path, message }) => `${path}: ${message}`).join('\n');
  }

  it('takes a catalog of one environment as it is', () => {
    const catalog = { environment: 'tutorial', services: {} };
    expect(chooseEnvironment(catalog, undefined)).to.deep.equal({
      ok: true,
      catalog,
      environment: undefined,
    });
    expect(chooseEnvironment(catalog, 'tutorial')).to.include({ ok: true });
    expect(mistake(catalog, 'production')).to.equal(
      'environment: is "tutorial", but the stack is for "production"; ' +
        `say "smartstack:environment: tutorial" in the stack's configuration`,
    );
  });

  it('merges maps, replaces lists, and takes away what is null', () => {
    expect(chooseEnvironment(several, 'staging')).to.deep.include({
      catalog: {
        environment: 'staging',
        ensemble: { size: 1, heapMb: 128 },
        hosts: { all: {} },
        services: {
          web: { port: 1, labels: { a: '1', b: '2' }, calls: ['x', 'y'], on: ['all'] },
        },
      },
    });
    expect(chooseEnvironment(several, 'production')).to.deep.include({
      catalog: {
        environment: 'production',
        ensemble: { size: 3, heapMb: 128 },
        services: {
          web: { port: 1, labels: { a: '1', c: '3' }, calls: ['x'] },
          mail: { port: 2 },
          shop: { port: 3 },
        },
      },
    });
    expect(chooseEnvironment(several, 'bare')).to.deep.include({
      catalog: { environment: 'bare', ensemble: several.ensemble, services: several.services },
    });
  });

  it('needs no choice where there is one', () => {
    const one = { services: {}, environments: { only: {} } };
    expect(chooseEnvironment(one, undefined)).to.deep.equal({
      ok: true,
      catalog: { environment: 'only', services: {} },
      environment: 'only',
    });
  });

  it('says which there are', () => {
    expect(mistake(several)).to.equal(
      'environments: has staging, production, bare; ' +
        `say "smartstack:environment: staging" in the stack's configuration`,
    );
    expect(mistake(several, 'produktion')).to.equal(
      'environments: has no "produktion", only staging, production, bare (did you mean production?)',
    );
    expect(mistake(several, 'toString')).to.match(/^environments: has no "toString"/);
  });

  it('refuses what is neither one nor several', () => {
    const shape = 'environments: must be a map of environments by name, with at least one';
    expect(mistake({ environments: [] })).to.equal(shape);
    expect(mistake({ environments: {} })).to.equal(shape);
    expect(mistake({ environment: 'a', environments: { a: {} } })).to.equal(
      'environment: is said by the names in "environments"; leave it out',
    );
    // For the schema to judge.
    for (const nothing of [undefined, null, 3, []]) expect(mistake(nothing)).to.equal(undefined);
  });
});
