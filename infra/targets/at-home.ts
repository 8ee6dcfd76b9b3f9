import { homedir } from 'node:os';

/** `~/` is the home of whoever runs this. */
export function atHome(path: string): string {
  return path.replace(/^~(?=\/)/, homedir());
}
