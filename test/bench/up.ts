/** What an operator waits for: an environment, one in which nothing changed, one service more. */
import { catalogFile, greeterOn, removeCatalogFiles } from '../integration/support/catalog-file.ts';
import { withOwnStack } from '../integration/support/own-stack.ts';
import { atMost, type Benchmark, type Row } from './support/benchmark.ts';

export const up: Benchmark = {
  name: 'infra: up',
  run: () =>
    withOwnStack('bench', async ({ run }) => {
      // The golden box and the releases are made once in a clone's life.
      await run('up');
      await run('down');
      const whole = await run('up');
      const unchanged = await run('up');
      const catalog = await catalogFile('bench', greeterOn('service_b_node_1'));
      const service = await run('up', { catalog }).finally(removeCatalogFiles);
      return [
        row('six boxes made, and all on them', whole.seconds, 60),
        row('nothing changed', unchanged.seconds, 5),
        row('one service more', service.seconds, 12),
      ];
    }),
};

function row(what: string, seconds: number, mostSeconds: number): Row {
  return {
    name: `infra: up, ${what}`,
    unit: 'ms',
    measured: { median: seconds * 1_000 },
    limits: { median: atMost(mostSeconds * 1_000) },
  };
}
