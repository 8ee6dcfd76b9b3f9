/** service_b of the tutorial: asks service_a through its own local port, and says who answered. */
import { createServer } from 'node:http';

const { PORT, INSTANCE_ID, SERVICE, SERVICE_A } = process.env;

interface Page {
  readonly status: number;
  readonly body: string;
}

const pages: Readonly<Record<string, () => Promise<Page> | Page>> = {
  '/': async () => {
    const answer = await askServiceA();
    return {
      status: answer.status,
      body: `${SERVICE} on ${INSTANCE_ID} asked service_a, which said: ${answer.body}`,
    };
  },
  '/health': () => ({ status: 200, body: 'OK\n' }),
  '/ping': () => ({ status: 200, body: `pong from ${INSTANCE_ID}\n` }),
};

/** service_b never knows where service_a runs: it asks its own loopback. */
async function askServiceA(): Promise<Page> {
  try {
    const response = await fetch(`${SERVICE_A}/ping`, { signal: AbortSignal.timeout(5_000) });
    return { status: response.ok ? 200 : 502, body: await response.text() };
  } catch (error) {
    return { status: 502, body: `nothing: ${String(error)}\n` };
  }
}

const server = createServer(async (request, response) => {
  const page = pages[request.url ?? ''];
  const { status, body } = page
    ? await page()
    : { status: 404, body: 'No such page; there are /, /health and /ping.\n' };
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-instance': INSTANCE_ID ?? 'unknown',
  });
  response.end(body);
});

server.listen(Number(PORT), () => console.log(`${SERVICE} listens on port ${PORT}`));

// Requests under way are answered; idle connections end at once.
process.on('SIGTERM', () => server.close(() => process.exit(0)));
