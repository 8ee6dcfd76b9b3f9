/** A fault of ours in the background ends the process; systemd starts a new one. */
export function raise(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
