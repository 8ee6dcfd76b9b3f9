import type { Dial } from '../../agent/lib/silent-connection.ts';

/** A port that a test opens and closes, and the connections made to it. */
export interface FakePort {
  readonly dial: Dial;
  /** What the next connections meet; `silent` answers nothing at all. Closed at first. */
  state: 'open' | 'closed' | 'silent';
  /** Connections tried so far. */
  readonly dialled: number;
  /** Of these, those not closed by either side. */
  readonly live: number;
  /** The server ends all connections. */
  cut(): void;
}

export function createFakePort(): FakePort {
  const live = new Set<() => void>();
  let dialled = 0;
  const port: FakePort = {
    state: 'closed',
    get dialled() {
      return dialled;
    },
    get live() {
      return live.size;
    },
    cut: () => {
      for (const end of live) end();
    },
    dial: () => {
      dialled += 1;
      const opened = Promise.withResolvers<boolean>();
      const closed = Promise.withResolvers<void>();
      const end = (): void => {
        live.delete(end);
        opened.resolve(false);
        closed.resolve();
      };
      live.add(end);
      if (port.state === 'open') opened.resolve(true);
      if (port.state === 'closed') end();
      return { opened: opened.promise, closed: closed.promise, close: end };
    },
  };
  return port;
}
