/**
 * Settings from the registry over those of the file: pure. The file's stay wherever the registry
 * has none, or none that may stand there.
 *
 * The registry is untrusted (law 6): it tunes how a service is balanced and checked, and no more.
 * Raw lines, ports, addresses and names take the service's `trust_registry_config`.
 */
import type { z } from 'zod';
import type { ServiceConfig, SynapseConfig } from '../../config/synapse.ts';
import { claimsOf } from '../../config/synapse-claims.ts';
import { participationSchema, serviceNginxSchema } from '../../config/synapse-generators.ts';
import { serviceHaproxySchema } from '../../config/synapse-haproxy.ts';
import { whyNotNginxOptions } from '../generators/nginx/server-options.ts';
import {
  checkRegistryOptions,
  fillTemplate,
  splitWords,
  verifiesServer,
} from '../haproxy/server-options.ts';
import type { RegistrySettings } from './parse.ts';

export interface Refusal {
  readonly service: string;
  /** Such as `haproxy.listen`, safe to print. */
  readonly option: string;
  readonly reason: string;
}

export interface Overlaid {
  readonly config: SynapseConfig;
  readonly refused: readonly Refusal[];
}

interface Generator {
  readonly schema: z.ZodObject;
  /** Options that the registry may set in any case. */
  readonly open: readonly string[];
  /** Of its `server_options`, where they are open. */
  readonly whyNotOptions: (text: string) => string | undefined;
}

const generators: Readonly<Record<string, Generator>> = {
  haproxy: {
    schema: serviceHaproxySchema,
    open: ['server_options', 'backend_order', 'cookie_value_method', 'use_nerve_weights'],
    whyNotOptions,
  },
  nginx: {
    schema: serviceNginxSchema,
    open: ['server_options', 'upstream_order'],
    whyNotOptions: whyNotNginxOptions,
  },
  file_output: { schema: participationSchema, open: [], whyNotOptions: () => undefined },
};

/** What no two services may have. */
const claimed = ['port', 'bind_address', 'backend_name', 'listen_address', 'upstream_name'];
/** Where ports of instances come from is read from the file alone, in the original too. */
const withoutEffect = ['server_port_override'];
const shownLength = 80;

export function overlaySettings(
  config: SynapseConfig,
  settings: ReadonlyMap<string, RegistrySettings>,
): Overlaid {
  const first = overlayAll(config, settings);
  // Copies of one service share its port without any settings.
  const before = new Set(conflictsIn(config));
  const clashing = conflictsIn(first.config).filter(
    (name) => settings.has(name) && !before.has(name),
  );
  if (clashing.length === 0) return first;
  const modest = new Map([...settings].map(([name, one]) => [name, withoutClaims(name, one)]));
  const second = overlayAll(config, modest);
  const refused = clashing.map((service) => ({
    service,
    option: claimed.join(', '),
    reason: 'another service has the same already',
  }));
  return { config: second.config, refused: [...second.refused, ...refused] };

  function withoutClaims(name: string, one: RegistrySettings): RegistrySettings {
    if (!clashing.includes(name)) return one;
    return Object.fromEntries(
      Object.entries(one).map(([generator, options]) => [
        generator,
        Object.fromEntries(Object.entries(options).filter(([key]) => !claimed.includes(key))),
      ]),
    );
  }
}

function overlayAll(
  config: SynapseConfig,
  settings: ReadonlyMap<string, RegistrySettings>,
): Overlaid {
  const refused: Refusal[] = [];
  const services = Object.entries(config.services).map(([name, service]) => {
    const own = settings.get(name);
    return [name, own === undefined ? service : overlayService(name, service, own, refused)];
  });
  return { config: { ...config, services: Object.fromEntries(services) }, refused };
}

function overlayService(
  service: string,
  config: ServiceConfig,
  settings: RegistrySettings,
  refused: Refusal[],
): ServiceConfig {
  let { haproxy, nginx, file_output } = config;
  for (const [name, options] of Object.entries(settings)) {
    const generator = Object.hasOwn(generators, name) ? generators[name] : undefined;
    for (const [key, value] of Object.entries(options)) {
      const reason =
        generator === undefined
          ? 'there is no such generator'
          : (whyNot(generator, key, value, config.trust_registry_config) ??
            whyNotUnverified(`${name}.${key}`, config));
      if (reason !== undefined) {
        const option = printable(generator === undefined ? name : `${name}.${key}`);
        refused.push({ service, option, reason });
        if (generator === undefined) break;
        continue;
      }
      if (name === 'haproxy') haproxy = serviceHaproxySchema.parse({ ...haproxy, [key]: value });
      if (name === 'nginx') nginx = serviceNginxSchema.parse({ ...nginx, [key]: value });
      if (name === 'file_output') {
        file_output = participationSchema.parse({ ...file_output, [key]: value });
      }
    }
  }
  return { ...config, haproxy, nginx, file_output };
}

function whyNot(
  { schema, open, whyNotOptions: whyNotWords }: Generator,
  key: string,
  value: unknown,
  isTrusted: boolean,
): string | undefined {
  const known = Object.hasOwn(schema.shape, key) ? schema.shape[key] : undefined;
  if (known === undefined) return 'there is no such option';
  if (withoutEffect.includes(key)) return 'has no effect from the registry';
  if (!isTrusted && !open.includes(key)) return 'takes trust_registry_config';
  // A default stands in for nothing, which is not what was given.
  if (value === undefined || !schema.partial().safeParse({ [key]: value }).success) {
    return 'has no legal value';
  }
  if (isTrusted || key !== 'server_options') return undefined;
  return whyNotWords(String(value));
}

/** They would stand in the place of those that have servers prove who they are. */
function whyNotUnverified(
  option: string,
  { haproxy, trust_registry_config: isTrusted }: ServiceConfig,
): string | undefined {
  if (isTrusted || option !== 'haproxy.server_options') return undefined;
  if (!verifiesServer(splitWords(haproxy.server_options))) return undefined;
  return 'takes trust_registry_config, as those of the file verify certificates';
}

/**
 * The same words as a registration may have for its own server, but for its `id`. A host may be a
 * name, which not all of them take.
 */
function whyNotOptions(text: string): string | undefined {
  const filled = fillTemplate(text, { host: 'localhost', port: '1', name: 'a' });
  const checked = checkRegistryOptions(filled);
  if (!checked.ok) return checked.reason.replace(/^haproxy_server_options: /, '');
  return checked.words.includes('id') ? 'id is not allowed from the registry' : undefined;
}

/** The services that have something which another has as well. */
function conflictsIn(config: SynapseConfig): readonly string[] {
  const owners = new Map<string, readonly string[]>();
  for (const [name, service] of Object.entries(config.services)) {
    for (const { what } of claimsOf(name, service, config)) {
      owners.set(what, [...(owners.get(what) ?? []), name]);
    }
  }
  return [...new Set([...owners.values()].filter((names) => names.length > 1).flat())];
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, shownLength);
}
