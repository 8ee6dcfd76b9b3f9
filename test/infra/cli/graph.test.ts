/** `UPDATE_GOLDEN=1` writes the picture of the documentation anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { renderGraph } from '../../../infra/cli/graph.ts';
import { loadCatalog } from '../../../infra/load-catalog.ts';

const example = 'docs/examples/environments.yaml';
const picture = 'docs/graph.svg';

describe('renderGraph', () => {
  it('draws the picture of the documentation', async () => {
    const environment = 'production';
    const { catalog } = await loadCatalog(process.cwd(), example, {}, { environment });
    const svg = await renderGraph(catalog);
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(picture, svg);
    expect(readFileSync(picture, 'utf8')).to.equal(svg);
  });
});
