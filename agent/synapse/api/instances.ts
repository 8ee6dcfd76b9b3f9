/** What an operator decides about one instance. */
import { ApiError, type Endpoint, endpoint } from '../../lib/http-api/endpoint.ts';
import { type Hands, type TakeOutMode, withPin, withTakenOut } from '../hands/hands.ts';
import { type Instance, serverName } from '../instance.ts';
import { decidedOf, decisionBody } from './bodies.ts';
import type { EndpointSources } from './endpoint-sources.ts';
import { oneService } from './read.ts';

const response = 'The service as it is now, as in /services';

export function instanceEndpoints(sources: EndpointSources): readonly Endpoint[] {
  const { clock } = sources;
  const takeOut = (mode: TakeOutMode, summary: string) =>
    endpoint({
      method: 'POST',
      path: `/services/{name}/instances/{server}/${mode}` as const,
      summary,
      body: decisionBody,
      response,
      handle: ({ params: { name, server }, body }) => {
        find(sources, name, server);
        const out = { mode, ...decidedOf(body, clock.wallMs()) };
        const how = (hands: Hands): Hands => withTakenOut(hands, server, out);
        return decide(sources, { name, server, event: `instance-${mode}`, detail: out }, how);
      },
    });
  return [
    endpoint({
      method: 'POST',
      path: '/services/{name}/instances/{server}/pin',
      summary: 'Keeps an instance, as it is known now, whatever the registry says of it',
      body: decisionBody,
      response,
      handle: ({ params: { name, server }, body }) => {
        const pin = { ...decidedOf(body, clock.wallMs()), instance: find(sources, name, server) };
        const { reason, by, untilMs } = pin;
        const detail = { reason, by, untilMs };
        const how = (hands: Hands): Hands => withPin(hands, server, pin);
        return decide(sources, { name, server, event: 'instance-pinned', detail }, how);
      },
    }),
    endpoint({
      method: 'POST',
      path: '/services/{name}/instances/{server}/unpin',
      summary: 'Ends a pin: the registry decides again',
      response,
      handle: ({ params: { name, server } }) =>
        decide(sources, { name, server, event: 'instance-unpinned', detail: {} }, (hands) =>
          withPin(hands, server, undefined),
        ),
    }),
    takeOut('drain', 'Gives an instance no new request unless no other is up'),
    takeOut('maintenance', 'Gives an instance no new request at all; those it has may end'),
    endpoint({
      method: 'POST',
      path: '/services/{name}/instances/{server}/enable',
      summary: 'Ends a drain or maintenance',
      response,
      handle: ({ params: { name, server } }) =>
        decide(sources, { name, server, event: 'instance-enabled', detail: {} }, (hands) =>
          withTakenOut(hands, server, undefined),
        ),
    }),
  ];
}

/** An instance that is known now, or is missing and not forgotten yet. */
function find({ status }: EndpointSources, name: string, server: string): Instance {
  const entry = status().book.entry(name);
  if (entry === undefined) throw new ApiError(404, `there is no service "${name}"`);
  const candidates = [
    ...entry.selection.members.map(({ instance }) => instance),
    ...entry.departed.map(({ instance }) => instance),
  ];
  const found = candidates.find((one) => serverName(one) === server);
  if (found !== undefined) return found;
  throw new ApiError(404, `the service "${name}" has no instance "${server}"`);
}

interface Change {
  readonly name: string;
  readonly server: string;
  readonly event: string;
  readonly detail: object;
}

async function decide(
  sources: EndpointSources,
  { name, server, event, detail }: Change,
  how: (hands: Hands) => Hands,
): Promise<unknown> {
  const { book, keeper, reconciler } = sources.status();
  if (!book.decide(name, how)) throw new ApiError(404, `there is no service "${name}"`);
  sources.logger.info(event, { service: name, server, ...detail });
  // Whoever gets an answer may count on it, a kill in between included.
  await keeper.save();
  await reconciler.settled();
  return await oneService(sources, name);
}
