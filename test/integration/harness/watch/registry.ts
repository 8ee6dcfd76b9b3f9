import { type Client, createClient } from 'node-zookeeper-client';

type Tell = (topic: string, seen: object) => void;

const options = { sessionTimeout: 10_000, spinDelay: 500, retries: 0 };
const aliveEveryMs = 1_000;
const patienceMs = 3_000;
const againMs = 200;

/** Lists the children of each path whenever they change; a client that falls silent is replaced. */
export function watchRegistry(ensemble: string, paths: readonly string[], tell: Tell): void {
  const client = createClient(ensemble, options);
  let lastWord = Date.now();
  const heard = (): void => {
    lastWord = Date.now();
  };
  const alive = setInterval(() => {
    if (Date.now() - lastWord > patienceMs) end();
    else client.exists('/', undefined, heard);
  }, aliveEveryMs);
  const end = (): void => {
    clearInterval(alive);
    client.close();
    tell('registry', { what: 'registry-lost' });
    setTimeout(() => watchRegistry(ensemble, paths, tell), againMs);
  };
  client.on('state', (state) => {
    if (state.getName() !== 'SYNC_CONNECTED') return;
    heard();
    tell('registry', { what: 'registry-found' });
    for (const path of paths) list(client, path, tell);
  });
  client.connect();
}

function list(client: Client, path: string, tell: Tell): void {
  let asked = false;
  const again = (): void => {
    if (!asked) list(client, path, tell);
    asked = true;
  };
  client.getChildren(path, again, (error, children) => {
    if (error) return; // a new session lists everything anew
    tell(path, { what: 'registry', path, nodes: [...children].sort() });
  });
}
