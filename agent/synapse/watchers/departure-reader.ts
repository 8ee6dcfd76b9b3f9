/**
 * Which of the instances that are missing left on purpose: one listing of what nerve announced
 * (`departure.ts`), and a read for each announcement that can be theirs.
 */
import { type Departure, departedPath, parseDeparture } from '../../departure.ts';
import { mapBounded } from '../../lib/map-bounded.ts';
import { parseChildName } from '../../registration.ts';
import { ZooKeeperError, type ZooKeeperSession } from '../../zookeeper/session.ts';
import type { DepartedInstance } from '../departures.ts';
import type { Instance } from '../instance.ts';

interface Announcement {
  readonly node: string;
  readonly instanceId: string;
  readonly sequence: number;
}

const readsAtOnce = 32;
/** Of the reasons for one listing: that an instance left on purpose, the listing tells. */
const maxReads = 200;

export class DepartureReader {
  readonly #session: ZooKeeperSession;
  readonly #path: string;
  listings = 0;
  reads = 0;

  constructor(session: ZooKeeperSession, path: string) {
    this.#session = session;
    this.#path = departedPath(path);
  }

  /** Rejects with `ZooKeeperError` when the announcements cannot be listed. */
  async departed(missing: readonly Instance[]): Promise<readonly DepartedInstance[]> {
    this.listings += 1;
    const nodes = (await this.#session.children(this.#path)) ?? [];
    const byId = Map.groupBy(nodes.flatMap(parseName), ({ instanceId }) => instanceId);
    const candidates = missing.flatMap((instance) =>
      laterThan(instance, byId.get(instance.name ?? '') ?? []),
    );
    const departures = await this.#read(candidates.slice(0, maxReads).map(({ node }) => node));
    return missing.flatMap((instance) => {
      const own = laterThan(instance, byId.get(instance.name ?? '') ?? []);
      const found = own.find((one) => isOf(instance, one, departures.get(one.node)));
      return found ? [{ instance, reason: departures.get(found.node)?.reason }] : [];
    });
  }

  async #read(nodes: readonly string[]): Promise<ReadonlyMap<string, Departure>> {
    const departures = new Map<string, Departure>();
    await mapBounded([...new Set(nodes)], readsAtOnce, async (node) => {
      this.reads += 1;
      const found = await this.#session.read(`${this.#path}/${node}`).catch(orNothing);
      const departure = found && parseDeparture(found.data);
      if (departure !== undefined) departures.set(node, departure);
    });
    return departures;
  }
}

/** A registration of the instance that came and went while nobody looked counts as well. */
function laterThan(
  { sequence }: Instance,
  announcements: readonly Announcement[],
): readonly Announcement[] {
  if (sequence === undefined) return [];
  return announcements.filter((one) => one.sequence >= sequence);
}

/** The very node, whatever the announcement holds; a later one only where it says whose it was. */
function isOf(
  { sequence, host, port }: Instance,
  announcement: Announcement,
  departure: Departure | undefined,
): boolean {
  if (announcement.sequence === sequence) return true;
  return departure?.host === host && departure.port === port;
}

function parseName(node: string): readonly Announcement[] {
  const parsed = parseChildName(node);
  if (parsed.kind === 'invalid' || parsed.sequence === undefined) return [];
  const instanceId = parsed.kind === 'plain' ? parsed.instanceId : parsed.registration.name;
  return [{ node, instanceId, sequence: parsed.sequence }];
}

function orNothing(error: unknown): undefined {
  if (!(error instanceof ZooKeeperError)) throw error;
  return undefined;
}
