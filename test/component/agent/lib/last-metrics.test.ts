import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { startDaemon } from '../../../support/daemon-process.ts';
import { eventually } from '../../../support/eventually.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';
import { startUdpServer } from '../../../support/udp-server.ts';

/** As small as a configuration gets. */
const configs = {
  nerve: () => ({ instance_id: 'web_1', services: {} }),
  synapse: (folder: string) => ({ services: {}, file_output: { output_directory: folder } }),
} as const;

describe('the last metrics of a process', function () {
  this.timeout(60_000);

  for (const name of ['nerve', 'synapse'] as const) {
    it(`are out before ${name} is gone`, async () => {
      const server = await startUdpServer();
      const { port } = server;
      try {
        await withTemporaryFolder(async (folder) => {
          const path = join(folder, 'conf.json');
          const statsd = { host: '127.0.0.1', port };
          const own = { statsd, api_port: null, state_path: join(folder, 'state.json') };
          await writeFile(path, JSON.stringify({ ...configs[name](folder), ...own }));
          const daemon = startDaemon(name, ['-c', path]);
          const heard = (metric: string): boolean =>
            server.lines().some((line) => line.startsWith(`${name}.${metric}:`));
          try {
            await eventually(() => expect(heard('start'), daemon.output).to.equal(true), {
              deadlineMs: 30_000,
            });
            daemon.signal('SIGTERM');
            expect(await daemon.exited, daemon.output).to.equal(0);
            await eventually(() => expect(heard('stop')).to.equal(true));
          } finally {
            await daemon.kill();
          }
        });
      } finally {
        await server.close();
      }
    });
  }
});
