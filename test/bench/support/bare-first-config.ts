/**
 * What a first configuration costs without any thought: `bare-first-config.ts HOST PATHS CONFIG`
 * lists the paths that stand in the file PATHS, reads each child whose name does not carry its data,
 * writes a copy of CONFIG and has HAProxy check that.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createClient, State } from 'node-zookeeper-client';

const [host = '', pathsFile = '', configFile = ''] = process.argv.slice(2);
const paths = readFileSync(pathsFile, 'utf8').split('\n');
const client = createClient(host, { sessionTimeout: 10_000, spinDelay: 1_000, retries: 0 });
client.on('state', (state) => {
  if (state === State.SYNC_CONNECTED) readAll().then(finish);
});
client.connect();

async function readAll(): Promise<void> {
  await Promise.all(
    paths.map(async (path) => {
      const children = await list(path);
      const plain = children.filter((child) => !child.startsWith('base64_'));
      await Promise.all(plain.map((child) => read(`${path}/${child}`)));
    }),
  );
}

function list(path: string): Promise<readonly string[]> {
  return new Promise((resolve) => {
    client.getChildren(path, undefined, (_error, children) => resolve(children));
  });
}

function read(path: string): Promise<unknown> {
  return new Promise((resolve) => {
    client.getData(path, undefined, (_error, data) => resolve(JSON.parse(String(data))));
  });
}

function finish(): void {
  const copy = `${configFile}.copy`;
  writeFileSync(copy, readFileSync(configFile));
  execFileSync('haproxy', ['-c', '-f', copy]);
  process.exit(0);
}
