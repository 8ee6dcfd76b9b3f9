/** A file as it shall be on a host. */
export interface RenderedFile {
  /** Absolute path on the host. */
  readonly path: string;
  readonly content: string;
  /** Octal permissions, such as `0644`. */
  readonly mode: string;
  /** User and group. */
  readonly owner: 'root' | 'smartstack';
}

/** A file that everybody on the host may read. */
export function publicFile(path: string, content: string): RenderedFile {
  return { path, content, mode: '0644', owner: 'root' };
}

/** Sorted by nothing but the order given: the same input gives the same bytes. */
export function jsonFile(path: string, value: unknown): RenderedFile {
  return publicFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
