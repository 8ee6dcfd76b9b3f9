/** A service as a process of its own: `instance.ts PORT` says "ready" once it answers. */
import { createServer } from 'node:http';

const server = createServer((_request, response) => {
  response.end('ok');
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('ready\n'));
