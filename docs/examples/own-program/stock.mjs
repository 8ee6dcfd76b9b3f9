import { createServer } from 'node:http';

createServer((_request, response) => response.end('7 left\n')).listen(process.env.PORT);
