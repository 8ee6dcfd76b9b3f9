import type { Writable } from 'node:stream';

const beatMs = 1_000;
/** The first ones come quickly: without their echoes a host's times could not be told. */
const quickBeats = 5;
const quickBeatMs = 50;

/**
 * Writes our time, a line each second: the host echoes it with its own, and knows that somebody
 * is there. Ends with the function that it returns.
 */
export function startBeats(stdin: Writable, beforeEach: () => void): () => void {
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  const beat = (): void => {
    beforeEach();
    stdin.write(`${Date.now()}\n`);
    count += 1;
    timer = setTimeout(beat, count < quickBeats ? quickBeatMs : beatMs);
  };
  timer = setTimeout(beat, quickBeatMs);
  return () => clearTimeout(timer);
}
