export interface DatagramPackerOptions {
  readonly datagramBytes: number;
  /** How many full datagrams may wait; then the oldest goes. */
  readonly waiting: number;
}

/** Packs lines into as few datagrams as they fit, with a line feed between. */
export interface DatagramPacker {
  /** `false` when the line alone is too long; it is left out. */
  add(line: string): boolean;
  /** Whether a datagram is as good as full. */
  readonly isFull: boolean;
  readonly isEmpty: boolean;
  /** All that there is, oldest first. */
  take(): readonly string[];
}

export function createDatagramPacker(options: DatagramPackerOptions): DatagramPacker {
  let full: string[] = [];
  let last = '';
  let lastBytes = 0;
  return {
    add: (line) => {
      const bytes = Buffer.byteLength(line);
      if (bytes > options.datagramBytes) return false;
      if (last !== '' && lastBytes + 1 + bytes > options.datagramBytes) {
        full.push(last);
        if (full.length > options.waiting) full.shift();
        last = '';
        lastBytes = 0;
      }
      lastBytes += last === '' ? bytes : bytes + 1;
      last = last === '' ? line : `${last}\n${line}`;
      return true;
    },
    get isFull() {
      return full.length > 0;
    },
    get isEmpty() {
      return last === '';
    },
    take: () => {
      const all = last === '' ? full : [...full, last];
      full = [];
      last = '';
      lastBytes = 0;
      return all;
    },
  };
}
