import { type Client, createClient } from 'node-zookeeper-client';

type Tell = (topic: string, seen: object) => void;

const options = { sessionTimeout: 10_000, spinDelay: 500, retries: 0 };
const aliveEveryMs = 1_000;
const patienceMs = 3_000;
const againMs = 200;
/** Who lists many nodes after each change makes work, which would slow down what is watched. */
const restMsPerNode = 0.5;

/**
 * Lists the children of each path whenever they change. A client that gets no answer for a while is
 * replaced: its session may have expired, or its member may be silent.
 */
export function watchRegistry(
  wayToEnsemble: () => string,
  paths: readonly string[],
  tell: Tell,
): void {
  const client = createClient(wayToEnsemble(), options);
  let answeredAtMs = Date.now();
  let ended = false;
  const end = (): void => {
    ended = true;
    clearInterval(alive);
    client.close();
    tell('registry', { what: 'registry-lost' });
    setTimeout(() => watchRegistry(wayToEnsemble, paths, tell), againMs);
  };
  const alive = setInterval(() => {
    if (Date.now() - answeredAtMs > patienceMs) end();
    else {
      client.exists('/', undefined, (error) => {
        if (!error) answeredAtMs = Date.now();
      });
    }
  }, aliveEveryMs);
  client.on('state', (state) => {
    if (ended) return;
    if (state.getName() !== 'SYNC_CONNECTED') return tell('registry', { what: 'registry-lost' });
    tell('registry', { what: 'registry-found' });
    for (const path of paths) list(client, path, tell, () => ended);
  });
  client.connect();
}

/** Until it is told or the client has ended. */
function list(client: Client, path: string, tell: Tell, hasEnded: () => boolean): void {
  let changed = false;
  let restMs = 0;
  const again = (): void => {
    if (changed || hasEnded()) return;
    changed = true;
    setTimeout(() => list(client, path, tell, hasEnded), restMs);
  };
  client.getChildren(path, again, (error, children) => {
    if (error) {
      setTimeout(again, againMs);
      return;
    }
    restMs = children.length * restMsPerNode;
    if (!hasEnded()) tell(path, { what: 'registry', path, nodes: [...children].sort() });
  });
}
