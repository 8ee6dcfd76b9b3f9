import type { AgentName } from '../../../infra/render/units.ts';
import { startNode } from '../../support/daemon-process.ts';
import { unitOf } from './daemon-unit.ts';
import { coreShare, residentMib } from './usage.ts';

/** A module, as the daemons are: `import` of node:http loads more of Node than `require` does. */
const bareServer = `import { createServer } from 'node:http';
createServer((_request, response) => response.end()).listen(0, '127.0.0.1');`;

/** Node with an HTTP server and the daemon's flags, so long after its start. */
export async function bareNodeMib(name: AgentName, afterMs: number): Promise<number> {
  const { flags, environment } = unitOf(name);
  const bare = startNode([...flags, '--input-type=module', '-e', bareServer], environment);
  try {
    await coreShare(bare.pid ?? 0, afterMs);
    return await residentMib(bare.pid ?? 0);
  } finally {
    await bare.kill();
  }
}
