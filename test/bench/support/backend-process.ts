import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type DaemonProcess, startNode } from '../../support/daemon-process.ts';
import { eventually } from '../../support/eventually.ts';

const reportSchema = z.object({
  services: z.number(),
  requests: z.number(),
  /** By how much each request came later than one interval after the one before, in ms. */
  latenesses: z.array(z.number()),
});

/** `arrivals.ts` as seen from the bench. */
export interface BackendProcess {
  readonly port: number;
  reset(): Promise<void>;
  report(intervalMs: number): Promise<z.output<typeof reportSchema>>;
  close(): Promise<void>;
}

export async function startBackendProcess(): Promise<BackendProcess> {
  const process = startNode([fileURLToPath(new URL('arrivals.ts', import.meta.url))]);
  const port = await eventually(() => portFrom(process));
  const ask = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
  return {
    port,
    reset: async () => {
      await (await ask('/reset')).arrayBuffer();
    },
    report: async (intervalMs) =>
      reportSchema.parse(await (await ask(`/report?interval=${intervalMs}`)).json()),
    close: () => process.kill(),
  };
}

function portFrom({ output }: DaemonProcess): number {
  const port = Number(/^(\d+)$/m.exec(output)?.[1]);
  if (Number.isNaN(port)) throw new Error(`the backend said no port: ${output}`);
  return port;
}
