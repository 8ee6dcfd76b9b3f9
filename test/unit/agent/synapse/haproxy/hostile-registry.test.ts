import { Buffer } from 'node:buffer';
import { expect } from 'chai';
import { parseRegistration } from '../../../../../agent/registration.ts';
import type { AdminSocket } from '../../../../../agent/synapse/haproxy/admin.ts';
import { buildServers } from '../../../../../agent/synapse/haproxy/build-servers.ts';
import { executeStep } from '../../../../../agent/synapse/haproxy/execute.ts';
import { renderConfig } from '../../../../../agent/synapse/haproxy/render.ts';
import { composeSections } from '../../../../../agent/synapse/haproxy/sections.ts';
import { createUses } from '../../../../../agent/synapse/haproxy/uses.ts';
import { toInstance } from '../../../../../agent/synapse/instance.ts';
import { Dice } from '../../../../support/dice.ts';
import { synapseConfig } from '../../../../support/synapse-config.ts';

const fragments = [
  'a',
  'web-1',
  '10.0.0.1',
  '::1',
  ' ',
  '\n',
  '\r',
  '\t',
  '\0',
  ';',
  '#',
  '"',
  "'",
  '\\',
  '$HOME',
  '%{name}',
  '%',
  '\u2028',
  '\u001b[2J',
  'é',
  '/../',
  '\nserver evil 6.6.6.6:6',
  '; shutdown sessions',
  'check',
  'weight 5',
  'inter 1s',
  'resolvers x',
  'ca-file /etc/shadow',
  'maxconn 9',
  '{{',
  'global',
] as const;

const weird = [null, true, -1, 0, 70_000, 1.5, [], {}, '80', '', Number.MAX_SAFE_INTEGER] as const;

describe('a hostile registry', () => {
  const dice = new Dice(20_240_101);
  const text = (): string =>
    Array.from({ length: dice.between(1, 4) }, () => dice.pick(fragments)).join('');
  const maybe = (good: unknown): unknown => {
    const chance = dice.next();
    if (chance < 0.5) return good;
    return chance < 0.8 ? text() : dice.pick(weird);
  };
  const registration = (): unknown => ({
    host: maybe('10.0.0.1'),
    port: maybe(dice.between(1, 60_000)),
    name: maybe('web-1'),
    weight: maybe(7),
    haproxy_server_options: maybe('check inter 2s'),
    labels: maybe({ az: 'a' }),
  });

  const sections = composeSections(
    synapseConfig(
      { web: { discovery: { method: 'base' }, haproxy: { server_options: 'check port %{port}' } } },
      { use_nerve_weights: true },
    ),
    'host',
  );
  const empty = renderConfig(sections, new Map());
  const context = {
    addressOf: (host: string) => (/^[\d.]+$|:/.test(host) ? host : undefined),
    runningAt: () => undefined,
    ids: new Map(),
    maxServerId: 65_535,
    held: () => [],
    refusedLines: new Set<string>(),
    isUp: () => true,
    zones: new Map(),
  };

  it('adds nothing to the file but server lines of known words', async () => {
    let accepted = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const data = JSON.stringify(registration());
      const parsed = parseRegistration(Buffer.from(data));
      if (!parsed.ok) continue;
      const instances = new Map([['web', [toInstance(parsed.registration, round)]]]);
      const { servers } = buildServers(sections, instances, context);
      const [line] = servers.get('web') ?? [];
      if (line === undefined) continue;
      accepted += 1;
      const added = renderConfig(sections, servers).slice(empty.length - 1);
      expect(added, data).to.match(
        /^\n\tserver [\w.:-]+ [\d.:[\]a-f]+:\d+ id 1 check port \d+( (weight|inter|maxconn|check) ?\w*)*\n$/,
      );
      const commands: string[] = [];
      const admin: AdminSocket = { ask: async (command) => String(commands.push(command)) };
      await executeStep(
        { kind: 'add-server', backend: 'web', server: line.name, line, inheritedWords: [] },
        admin,
        createUses(admin, new Map(), { now: () => 0 }),
      );
      expect(commands.join(), data).to.match(
        /^add server web\/[\w.:-]+ [^;\n\r"'\\#$]+; enable health web\/[\w.:-]+; set server web\/[\w.:-]+ state ready$/,
      );
    }
    // The fuzz must not only be refused at the door.
    expect(accepted).to.be.greaterThan(200);
  });

  it('survives data that is no JSON at all', () => {
    for (let round = 0; round < 5_000; round += 1) {
      const bytes = Buffer.from(Array.from({ length: 40 }, () => dice.between(0, 255)));
      expect(parseRegistration(bytes).ok).to.equal(false);
    }
  });
});
