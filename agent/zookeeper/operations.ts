import { Buffer } from 'node:buffer';
import { type Acl, CreateMode, type Stat, type Transaction } from 'node-zookeeper-client';
import type { Request } from './connection.ts';
import { type Listing, type NodeData, type WriteOperation, ZooKeeperError } from './session.ts';

/** The session's operations over one connection. Paths must be valid, or they reject as `other`. */

type CreateOperation = Extract<WriteOperation, { kind: 'create' }>;
/** Called by the client itself: must not throw. */
type OnChange = (() => void) | undefined;

const modes = {
  persistent: CreateMode.PERSISTENT,
  persistent_sequential: CreateMode.PERSISTENT_SEQUENTIAL,
  ephemeral: CreateMode.EPHEMERAL,
  ephemeral_sequential: CreateMode.EPHEMERAL_SEQUENTIAL,
} as const;

/** Where the node does not exist, the watch waits for its creation instead. */
export async function list(
  request: Request,
  path: string,
  onChange: OnChange,
): Promise<Listing | undefined> {
  return await orWatchCreation(request, path, onChange, (watcher) =>
    request<Listing>(`list ${path}`, (client, done) =>
      client.getChildren(path, watcher, (error, children, stat) =>
        done(error, error ? nowhere : { children, hasData: stat.dataLength > 0 }),
      ),
    ),
  );
}

export async function read(
  request: Request,
  path: string,
  onChange: OnChange,
): Promise<NodeData | undefined> {
  return await orWatchCreation(request, path, onChange, (watcher) =>
    request<NodeData>(`read ${path}`, (client, done) =>
      client.getData(path, watcher, (error, data, stat) =>
        error ? done(error, nothing) : done(error, describe(data, stat)),
      ),
    ),
  );
}

export async function sync(request: Request, path: string): Promise<void> {
  // A check goes through the leader like a write; the client knows no sync request.
  await request<unknown>(`sync ${path}`, (client, done) =>
    client.transaction().check(path).commit(done),
  ).catch(unless('no-node'));
}

export async function ensurePath(
  request: Request,
  path: string,
  acl: readonly Acl[],
): Promise<void> {
  if (path === '/' || (await exists(request, path, undefined))) return;
  const node = { kind: 'create', path, data: Buffer.alloc(0), mode: 'persistent' } as const;
  try {
    await createOne(request, node, acl);
  } catch (error) {
    if (codeOf(error) === 'node-exists') return;
    if (codeOf(error) !== 'no-node') throw error;
    await ensurePath(request, path.slice(0, path.lastIndexOf('/')) || '/', acl);
    await ensurePath(request, path, acl);
  }
}

export async function commit(
  request: Request,
  operations: readonly WriteOperation[],
  acl: readonly Acl[],
): Promise<readonly string[]> {
  const [first, ...others] = operations;
  if (first === undefined) return [];
  if (others.length > 0) return await commitAll(request, operations, acl);
  switch (first.kind) {
    case 'create':
      return [await createOne(request, first, acl)];
    case 'set':
      await request<unknown>(`set ${first.path}`, (client, done) =>
        client.setData(first.path, first.data, (error) => done(error, undefined)),
      );
      return [];
    case 'delete':
      await request<unknown>(`delete ${first.path}`, (client, done) =>
        client.remove(first.path, (error) => done(error, undefined)),
      );
      return [];
  }
}

/** `undefined` when the node does not exist. */
export async function readAcl(request: Request, path: string): Promise<readonly Acl[] | undefined> {
  return await request<readonly Acl[]>(`read the ACL of ${path}`, (client, done) =>
    client.getACL(path, done),
  ).catch(unless('no-node'));
}

export async function writeAcl(request: Request, path: string, acl: readonly Acl[]): Promise<void> {
  await request<unknown>(`set the ACL of ${path}`, (client, done) =>
    client.setACL(path, acl, done),
  );
}

async function commitAll(
  request: Request,
  operations: readonly WriteOperation[],
  acl: readonly Acl[],
): Promise<readonly string[]> {
  const doing = operations.map(({ kind, path }) => `${kind} ${path}`).join(', ');
  return await request<readonly string[]>(doing, (client, done) => {
    const transaction = operations.reduce(
      (all, operation) => addOperation(all, operation, acl),
      client.transaction(),
    );
    transaction.commit((error, results) =>
      done(
        error,
        (results ?? []).flatMap(({ path }) => (path === undefined ? [] : [path])),
      ),
    );
  });
}

function addOperation(
  transaction: Transaction,
  operation: WriteOperation,
  acl: readonly Acl[],
): Transaction {
  switch (operation.kind) {
    case 'create':
      return transaction.create(operation.path, operation.data, acl, modes[operation.mode]);
    case 'set':
      return transaction.setData(operation.path, operation.data);
    case 'delete':
      return transaction.remove(operation.path);
  }
}

async function createOne(
  request: Request,
  { path, data, mode }: CreateOperation,
  acl: readonly Acl[],
): Promise<string> {
  return await request<string>(`create ${path}`, (client, done) =>
    client.create(path, data, acl, modes[mode], done),
  );
}

async function exists(request: Request, path: string, onChange: OnChange): Promise<boolean> {
  return await request<boolean>(`look for ${path}`, (client, done) =>
    client.exists(path, onChange, (error, stat) => done(error, Boolean(stat))),
  );
}

async function orWatchCreation<T>(
  request: Request,
  path: string,
  watcher: OnChange,
  get: (watcher: OnChange) => Promise<T>,
): Promise<T | undefined> {
  for (;;) {
    const result = await get(watcher).catch(unless('no-node'));
    if (result !== undefined || watcher === undefined) return result;
    // It may come into being between the two requests: look again then.
    if (!(await exists(request, path, watcher))) return undefined;
  }
}

function unless(code: ZooKeeperError['code']): (error: unknown) => undefined {
  return (error) => {
    if (codeOf(error) !== code) throw error;
    return undefined;
  };
}

function codeOf(error: unknown): ZooKeeperError['code'] | undefined {
  return error instanceof ZooKeeperError ? error.code : undefined;
}

const nowhere: Listing = { children: [], hasData: false };

const nothing: NodeData = {
  data: Buffer.alloc(0),
  ephemeralOwner: undefined,
  modifiedAtMs: 0,
};

function describe(data: Buffer | undefined, stat: Stat): NodeData {
  return {
    data: data ?? nothing.data,
    ephemeralOwner: ownerOf(stat),
    modifiedAtMs: Number(stat.mtime.readBigInt64BE()),
  };
}

function ownerOf({ ephemeralOwner }: Stat): string | undefined {
  return ephemeralOwner.every((byte) => byte === 0) ? undefined : ephemeralOwner.toString('hex');
}
