/** What an operator waits for: an environment, one in which nothing changed, one service more. */
import { rm } from 'node:fs/promises';
import { catalogFile } from '../integration/support/catalog-file.ts';
import { withOwnStack } from '../integration/support/own-stack.ts';
import { atMost, type Benchmark, type Row } from './support/benchmark.ts';

const greeter = `greeter: {
  port: 8003, localPort: 3335, on: ['service_b_node_1'],
  run: {
    command: '/opt/smartstack/current/bin/node greeter.ts',
    files: { 'greeter.ts': 'infra/tutorial/service-a.ts' },
  },
}`;

export const up: Benchmark = {
  name: 'infra: up',
  run: () =>
    withOwnStack('bench', async ({ run }) => {
      // The golden box and the releases are made once in a clone's life.
      await run('up');
      await run('down');
      const whole = await run('up');
      const unchanged = await run('up');
      const catalog = await catalogFile('bench', greeter);
      const service = await run('up', { catalog }).finally(() => rm(catalog));
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
