/** `UPDATE_GOLDEN=1` writes the published file anew, to be formatted as all files are. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { readCatalog } from '../../../infra/catalog/document.ts';
import { catalogJsonSchema } from '../../../infra/catalog/json-schema.ts';
import { catalog as shipped } from '../../../infra/catalog.ts';
import { loadCatalog } from '../../../infra/load-catalog.ts';
import { fullService } from '../../support/full-service.ts';

const published = new URL('../../../infra/catalog.schema.json', import.meta.url);
const example = 'docs/examples/environments.yaml';

describe("the catalog's JSON Schema", () => {
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(catalogJsonSchema());

  it('is the published one', () => {
    const text = JSON.stringify(catalogJsonSchema());
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(published, text);
    expect(JSON.parse(readFileSync(published, 'utf8'))).to.deep.equal(JSON.parse(text));
  });

  it('takes the catalog that ships, and everything a service may have', () => {
    expect(validate(shipped), JSON.stringify(validate.errors)).to.equal(true);
    const full = { ...shipped, services: { ...shipped.services, full: fullService } };
    expect(validate(full), JSON.stringify(validate.errors)).to.equal(true);
  });

  it('takes the example of several environments, and so does what reads it', async () => {
    expect(validate(await readCatalog(example)), JSON.stringify(validate.errors)).to.equal(true);
    const sizes = ['staging', 'production'].map(async (environment) => {
      const { catalog } = await loadCatalog(process.cwd(), example, {}, { environment });
      return [Object.keys(catalog.hosts).length, Object.keys(catalog.services).length];
    });
    expect(await Promise.all(sizes)).to.deep.equal([
      [1, 4],
      [8, 5],
    ]);
  });

  it('refuses what is wrong, in one environment and in one of several', () => {
    const web = { port: 8001, localPort: 3333, on: ['one'] };
    const { services: _, ...rest } = shipped;
    const changes = (one: unknown): object => ({ ...rest, environments: { one } });
    for (const bad of [
      rest,
      { ...rest, services: { web: { ...web, port: 'http' } } },
      { ...rest, services: { web: { ...web, prot: 1 } } },
      changes({ services: { web: { port: 0 } } }),
      changes({ services: { web: { checks: [{ type: 'exec' }] } } }),
      changes({ hosts: [] }),
      { environments: {} },
    ]) {
      expect(validate(bad), JSON.stringify(bad)).to.equal(false);
    }
    expect(validate({ environments: { one: { services: { web: null } } } })).to.equal(true);
  });
});
