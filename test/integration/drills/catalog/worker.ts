/** An HTTP service that can be told to misbehave: `PUT /control {"health": 404, "delayMs": 5000}`. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

const { PORT, INSTANCE_ID } = process.env;
const control = { health: 200, delayMs: 0 };

async function obey(request: IncomingMessage): Promise<void> {
  const wish = Object(await json(request));
  if (Number.isInteger(wish.health)) control.health = wish.health;
  if (Number.isInteger(wish.delayMs)) control.delayMs = wish.delayMs;
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-instance': INSTANCE_ID ?? 'unknown',
  });
  response.end(body);
}

const server = createServer(async (request, response) => {
  if (request.method === 'PUT' && request.url === '/control') {
    await obey(request);
    answer(response, 200, 'as you say\n');
  } else if (request.url === '/health') {
    answer(response, control.health, 'as I was told\n');
  } else {
    // What is asked for is late; what asks how it is, is not.
    setTimeout(() => answer(response, 200, `pong from ${INSTANCE_ID}\n`), control.delayMs);
  }
});

server.listen(Number(PORT), () => console.log(`listens on port ${PORT}`));

// Requests under way are answered; idle connections end at once.
process.on('SIGTERM', () => server.close(() => process.exit(0)));
