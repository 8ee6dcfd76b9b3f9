/** The watches that wait on one connection. */
export interface WatchTable {
  /**
   * Remembers `onChange` for one change of `key`, however often it is added before that. Returns
   * what to hand to the client: the same function for a key until it fires, since the client
   * would pile up different ones.
   */
  add(key: string, onChange: () => void): () => void;
}

interface Entry {
  readonly callbacks: Set<() => void>;
  readonly fire: () => void;
}

export function createWatchTable(): WatchTable {
  const entries = new Map<string, Entry>();
  const createEntry = (key: string): Entry => {
    const callbacks = new Set<() => void>();
    const fire = (): void => {
      entries.delete(key);
      // Outside the client's call stack, where an exception of a caller's would hit its parser.
      for (const callback of callbacks) queueMicrotask(callback);
      callbacks.clear();
    };
    return { callbacks, fire };
  };
  return {
    add: (key, onChange) => {
      const entry = entries.get(key) ?? createEntry(key);
      entries.set(key, entry);
      entry.callbacks.add(onChange);
      return entry.fire;
    },
  };
}
