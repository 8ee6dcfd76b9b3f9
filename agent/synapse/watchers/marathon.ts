/**
 * The tasks of a Marathon application that have started. Original: `marathon/marathon.rb`; API:
 * https://mesosphere.github.io/marathon/api-console/index.html
 *
 * That there is no such application is an answer: no instances. Any other failure is none.
 */
import { z } from 'zod';
import type { MarathonDiscovery } from '../../config/synapse-sources.ts';
import type { Clock } from '../../lib/clock.ts';
import { getJson } from '../../lib/http-json.ts';
import { type Candidate, sortOut } from './candidates.ts';
import { type Answer, askOutside, type Source, SourceError } from './source.ts';

export interface MarathonOptions {
  readonly discovery: MarathonDiscovery;
  readonly clock: Clock;
}

const deadlineMs = 5_000;

const answerSchema = z.object({ tasks: z.array(z.unknown()) });
/** In Marathon's own words: a gateway before it has others, and no answer. */
const unknownAppSchema = z.object({ message: z.string().regex(/^App '[^']*' does not exist/) });
const taskSchema = z.object({
  id: z.string().default('a task'),
  host: z.unknown(),
  ports: z.array(z.unknown()).nullish(),
  startedAt: z.unknown(),
});

export function createMarathonSource({ discovery, clock }: MarathonOptions): Source {
  const { marathon_api_url, marathon_api_path, application_name, check_interval } = discovery;
  const path = marathon_api_path.replaceAll('%{app}', application_name);
  const url = new URL(path.replace(/^\/+/, '/'), marathon_api_url);
  const where = `marathon at ${url.host}`;
  const ask = async (signal: AbortSignal): Promise<Answer> => {
    const { status, value } = await askOutside(where, signal, () =>
      getJson({ url, deadlineMs, clock, signal }),
    );
    const isUnknown = status === 404 && unknownAppSchema.safeParse(value).success;
    if (isUnknown) return { instances: [], rejected: [] };
    if (status !== 200) throw new SourceError(`${where}: status ${status}`);
    const parsed = answerSchema.safeParse(value);
    if (!parsed.success) throw new SourceError(`${where}: no list of tasks`);
    return sortOut(
      parsed.data.tasks.flatMap((task) => toCandidate(task, discovery.port_index)),
      undefined,
    );
  };
  return { method: 'marathon', intervalMs: check_interval * 1_000, ask };
}

function toCandidate(value: unknown, portIndex: number): readonly Candidate[] {
  const parsed = taskSchema.safeParse(value);
  if (!parsed.success) return [{ node: 'a task', fields: {} }];
  const { id, host, ports, startedAt } = parsed.data;
  if (!startedAt) return [];
  return [{ node: id, fields: { host, name: host, port: ports?.[portIndex] } }];
}
