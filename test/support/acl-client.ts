import { Buffer } from 'node:buffer';
import { createClient, State } from 'node-zookeeper-client';

/** Reads ACLs as ZooKeeper has them; by the plain client, since sessions of ours do not tell. */
export interface AclClient {
  /** Such as `['31 world:anyone']`, sorted. */
  aclOf(path: string): Promise<readonly string[]>;
  close(): void;
}

/** @param identity `user:password` of an owner: to others ZooKeeper names nobody. */
export async function openAclClient(host: string, identity: string): Promise<AclClient> {
  const client = createClient(host, { sessionTimeout: 10_000, spinDelay: 100, retries: 0 });
  const connected = new Promise<void>((resolve) => {
    client.on('state', (state) => state === State.SYNC_CONNECTED && resolve());
  });
  client.addAuthInfo('digest', Buffer.from(identity));
  client.connect();
  await connected;
  return {
    aclOf: (path) =>
      new Promise((resolve, reject) => {
        client.getACL(path, (error, acls) => {
          if (error) return reject(error);
          resolve(acls.map(({ permission, id }) => `${permission} ${id.scheme}:${id.id}`).sort());
        });
      }),
    close: () => client.close(),
  };
}
