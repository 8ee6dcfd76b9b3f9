#!/opt/smartstack/current/bin/node
/**
 * A service for claims, run on hosts: takes a while for each request, and says how many of them it
 * had at once at most.
 */
import { createServer } from 'node:http';

const { PORT, INSTANCE_ID, TAKES_MS } = process.env;
let now = 0;
let most = 0;

const server = createServer((request, response) => {
  if (request.url === '/health') {
    response.end('OK\n');
    return;
  }
  now += 1;
  most = Math.max(most, now);
  setTimeout(() => {
    now -= 1;
    response.setHeader('x-instance', INSTANCE_ID ?? 'unknown');
    response.end(`${most}\n`);
  }, Number(TAKES_MS));
});

server.listen(Number(PORT));

process.on('SIGTERM', () => server.close(() => process.exit(0)));
