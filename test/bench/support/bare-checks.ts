/**
 * What Node itself takes for HTTP checks, without anything that makes them useful:
 * `bare-checks.ts PORT COUNT` asks for as many paths each second, on a connection each.
 */
import { get } from 'node:http';

const [port, count] = process.argv.slice(2).map(Number);
const intervalMs = 1_000;

function ask(path: string): void {
  const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
    response.resume();
  });
  // The backend may go first.
  request.on('error', () => undefined);
}

for (let index = 0; index < (count ?? 0); index += 1) {
  const beat = (): NodeJS.Timeout => setInterval(() => ask(`/${index}`), intervalMs);
  setTimeout(beat, intervalMs * Math.random());
}
