/** service_a of the tutorial: says which instance answered. */
import { createServer } from 'node:http';

const { PORT, INSTANCE_ID, SERVICE } = process.env;
const startedAt = Date.now();

const pages: Readonly<Record<string, () => string>> = {
  '/': () => `${SERVICE} on ${INSTANCE_ID}, up for ${Date.now() - startedAt} ms\n`,
  '/health': () => 'OK\n',
  '/ping': () => `pong from ${INSTANCE_ID}\n`,
};

const server = createServer((request, response) => {
  const page = pages[request.url ?? ''];
  response.writeHead(page ? 200 : 404, {
    'content-type': 'text/plain; charset=utf-8',
    'x-instance': INSTANCE_ID ?? 'unknown',
  });
  response.end(page ? page() : 'No such page; there are /, /health and /ping.\n');
});

server.listen(Number(PORT), () => console.log(`${SERVICE} listens on port ${PORT}`));

// Requests under way are answered; idle connections end at once.
process.on('SIGTERM', () => server.close(() => process.exit(0)));
