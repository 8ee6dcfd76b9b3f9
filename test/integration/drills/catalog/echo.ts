/** A TCP service: answers each line with the instance's name, a blank and that line. */
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

const { PORT, INSTANCE_ID } = process.env;
const open = new Set<Socket>();

const server = createServer((socket) => {
  open.add(socket);
  socket.once('close', () => open.delete(socket));
  socket.once('error', () => socket.destroy());
  const lines = createInterface({ input: socket });
  lines.on('line', (line) => socket.write(`${INSTANCE_ID} ${line}\n`));
  // It passes on what befalls its input, and nobody may leave that unheard.
  lines.on('error', () => lines.close());
});

server.listen(Number(PORT), () => console.log(`listens on port ${PORT}`));

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  // Who is connected is answered for a while yet, and then told that it is over.
  setTimeout(() => open.forEach((socket) => void socket.end()), 2_000);
});
