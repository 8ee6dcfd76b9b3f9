import { instanceKeys, type ServiceDefinition, same } from './definition.ts';
import { describePlace } from './reporters/place.ts';

type Definitions = ReadonlyMap<string, ServiceDefinition>;

/**
 * Two services that register one instance would fight over its node. Returns what must not be taken
 * up, by name, with the reason; whatever runs already stays, so that nothing flaps.
 *
 * @param kept names whose new definition was refused for other reasons: they run on as they do
 */
export function findTwins(
  wanted: Definitions,
  running: Definitions,
  kept: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const refused = new Map<string, string>();
  // Each refusal brings an older definition back into play, which may collide in turn.
  for (;;) {
    const isOld = (name: string): boolean => kept.has(name) || refused.has(name);
    const names = new Set([...wanted.keys(), ...kept]);
    const effective = [...names].sort().flatMap((name): readonly ServiceDefinition[] => {
      const definition = isOld(name) ? running.get(name) : wanted.get(name);
      return definition ? [definition] : [];
    });
    const twins = firstTwins(effective);
    if (twins === undefined) return refused;
    const isNew = (one: ServiceDefinition): boolean => {
      const before = running.get(one.name);
      return !isOld(one.name) && (before === undefined || !same(before, one));
    };
    const [loser, winner] = isNew(twins[1]) ? [twins[1], twins[0]] : twins;
    // Both run already: no refusal parts them.
    if (isOld(loser.name)) return refused;
    refused.set(loser.name, describe(loser, winner));
  }
}

function firstTwins(
  definitions: readonly ServiceDefinition[],
): readonly [ServiceDefinition, ServiceDefinition] | undefined {
  const seen = new Map<string, ServiceDefinition>();
  for (const definition of definitions) {
    for (const key of instanceKeys(definition)) {
      const first = seen.get(key);
      if (first) return [first, definition];
      seen.set(key, definition);
    }
  }
  return undefined;
}

function describe(loser: ServiceDefinition, winner: ServiceDefinition): string {
  const { name, registration, places } = loser;
  const { host, port } = registration;
  const taken = new Set(instanceKeys(winner));
  const shared = places.filter((_, index) => taken.has(instanceKeys(loser)[index] ?? ''));
  const place = `${host}:${port} at ${shared.map(describePlace).join(', ')}`;
  return `services.${name}: registers ${place} as ${winner.name} does; must differ in one of them`;
}
