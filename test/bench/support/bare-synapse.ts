/**
 * What a change costs without anything that makes it safe: a ZooKeeper watch, a read of the new
 * node and commands for HAProxy. `bare-synapse.ts HOST PATH SOCKET BACKEND` says "ready" once it
 * watches; it knows neither faults nor servers that were there before.
 */
import { connect } from 'node:net';
import { createClient, State } from 'node-zookeeper-client';

const [host = '', path = '', socketPath = '', backend = ''] = process.argv.slice(2);
const client = createClient(host, { sessionTimeout: 10_000, spinDelay: 1_000, retries: 0 });
/** Node → server. */
const known = new Map<string, string>();

client.on('state', (state) => {
  if (state === State.SYNC_CONNECTED) look(() => process.stdout.write('ready\n'));
});
client.connect();

function look(onDone?: () => void): void {
  client.getChildren(
    path,
    () => look(),
    (_error, children) => {
      for (const [node, server] of known) if (!children.includes(node)) drop(node, server);
      for (const node of children) if (!known.has(node)) add(node);
      onDone?.();
    },
  );
}

function add(node: string): void {
  known.set(node, '');
  client.getData(`${path}/${node}`, undefined, (_error, data) => {
    const { host: address, port, name, weight } = JSON.parse(String(data));
    known.set(node, name);
    const server = `${backend}/${name}`;
    tell(
      `add server ${server} ${address}:${port} weight ${weight}; set server ${server} state ready`,
    );
  });
}

function drop(node: string, name: string): void {
  known.delete(node);
  const server = `${backend}/${name}`;
  tell(`set server ${server} state maint; del server ${server}`);
}

function tell(command: string): void {
  const socket = connect(socketPath, () => socket.end(`${command}\n`));
  socket.resume();
}
