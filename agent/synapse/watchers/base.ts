import type { Watcher } from './watcher.ts';

/** Finds nothing: the service has its `default_servers` alone, which stand in for an empty list. */
export function createBaseWatcher(): Watcher {
  return {
    run: async () => undefined,
    status: { method: 'base', watching: true, listings: 0, reads: 0 },
  };
}
