import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { createTestApi, withApi } from '../../../support/api-bed.ts';
import { ask } from '../../../support/api-client.ts';
import { freePort, freePorts } from '../../../support/free-ports.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'worked',
    ({ code }) => code,
  );

const healthOf = async (where: number | string): Promise<string> =>
  (await ask(where, '/health')).text;

const ok = '{"status":"ok"}\n';

describe('where HttpApi listens', () => {
  describe('on a port', () => {
    it('moves to another one, and goes', async () => {
      const { api } = createTestApi();
      const [first = 0, second = 0] = await freePorts(2);
      await api.listen({ port: first, socket: null });
      expect(await healthOf(first)).to.equal(ok);
      await api.listen({ port: second, socket: null });
      expect(api.port).to.equal(second);
      expect(await healthOf(second)).to.equal(ok);
      expect(await codeOf(healthOf(first))).to.equal('ECONNREFUSED');
      await api.listen({ port: null, socket: null });
      expect(api.port).to.equal(undefined);
      expect(await codeOf(healthOf(second))).to.equal('ECONNREFUSED');
    });

    it('says that it is taken, and takes it when asked again', async () => {
      const port = await freePort();
      const [squatter, { api, logger }] = [createTestApi().api, createTestApi()];
      await squatter.listen({ port, socket: null });
      await api.listen({ port, socket: null });
      expect(api.port).to.equal(undefined);
      expect(logger.lines).to.have.length(1);
      expect(logger.lines[0]).to.deep.include({ level: 'error', event: 'api-unavailable', port });
      await squatter.close();
      await api.listen({ port, socket: null });
      expect(api.port).to.equal(port);
      await api.close();
    });

    it('says where changes go once the socket has moved', () =>
      withApi(async ({ api, socket }) => {
        const port = await freePort();
        await api.listen({ port, socket });
        await api.listen({ port, socket: `${socket}2` });
        const { text } = await ask(port, '/services/web/drain', { method: 'POST' });
        expect(text).to.include(`${socket}2"`);
      }));
  });

  describe('on a Unix socket', () => {
    it('lets the owner and the group in, and leaves nothing else in the folder', () =>
      withApi(async ({ socket }) => {
        expect((await stat(socket)).mode & 0o777).to.equal(0o660);
        expect(await readdir(dirname(socket))).to.deep.equal(['api.sock']);
      }));

    it('gives the mode whatever the umask', async () => {
      const before = process.umask(0);
      try {
        await withApi(async ({ socket }) => {
          expect((await stat(socket)).mode & 0o777).to.equal(0o660);
        });
      } finally {
        process.umask(before);
      }
    });

    it('goes when the API does', () =>
      withApi(async ({ api, socket }) => {
        await api.close();
        expect(api.socket).to.equal(undefined);
        expect(await readdir(dirname(socket))).to.deep.equal([]);
      }));

    it('takes the place of what a killed process left', () =>
      withTemporaryFolder(async (folder) => {
        const [socket, moved] = [join(folder, 'api.sock'), join(folder, 'moved')];
        const dead = createServer();
        await new Promise<void>((resolve) => dead.listen(socket, () => resolve()));
        await rename(socket, moved);
        await new Promise((resolve) => dead.close(resolve));
        await rename(moved, socket);
        expect(await codeOf(healthOf(socket))).to.equal('ECONNREFUSED');
        const { api } = createTestApi();
        await api.listen({ port: null, socket });
        expect(await healthOf(socket)).to.equal(ok);
        await api.close();
      }));

    it("is left alone on close when it is another process's by now", () =>
      withApi(async ({ api, socket }) => {
        const successor = createTestApi().api;
        await successor.listen({ port: null, socket });
        await api.close();
        expect(await healthOf(socket)).to.equal(ok);
        await successor.close();
      }));

    it('comes back at the next call after somebody removed it', () =>
      withApi(async ({ api, port, socket }) => {
        await rm(socket);
        await api.listen({ port: 0, socket });
        expect(await healthOf(socket)).to.equal(ok);
        expect(await healthOf(port)).to.equal(ok);
      }));

    it('never takes the place of a file', () =>
      withTemporaryFolder(async (folder) => {
        const path = join(folder, 'precious');
        await writeFile(path, 'data');
        const { api, logger } = createTestApi();
        await api.listen({ port: null, socket: path });
        expect(api.socket).to.equal(undefined);
        expect(logger.lines).to.have.length(1);
        expect(String(logger.lines[0]?.error)).to.include('precious exists and is no socket');
        expect((await stat(path)).size).to.equal(4);
      }));

    it('has a path that the kernel takes whole', () =>
      withTemporaryFolder(async (folder) => {
        const { api, logger } = createTestApi();
        const longest = pathOf(folder, 107);
        await api.listen({ port: null, socket: longest });
        expect(logger.lines).to.deep.equal([]);
        expect(await healthOf(longest)).to.equal(ok);
        await api.listen({ port: 0, socket: pathOf(folder, 108) });
        expect(String(logger.lines[0]?.error)).to.match(
          /is 108 bytes long; a Unix socket's path takes at most 107$/,
        );
        expect(await healthOf(api.port ?? 0)).to.equal(ok);
        await api.close();
      }));

    it('leaves nothing behind in a folder that it may not use', () =>
      withTemporaryFolder(async (folder) => {
        const { api, logger } = createTestApi();
        await api.listen({ port: null, socket: join(folder, 'missing', 'api.sock') });
        expect(logger.lines[0]).to.deep.include({ event: 'api-unavailable' });
        expect(await readdir(folder)).to.deep.equal([]);
      }));
  });
});

function pathOf(folder: string, bytes: number): string {
  const rest = bytes - Buffer.byteLength(folder) - 1;
  // Bytes, not characters, are counted.
  return join(folder, `ü${'a'.repeat(rest - 2)}`);
}
