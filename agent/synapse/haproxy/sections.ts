/**
 * Everything of haproxy.cfg but its server lines: pure, from the configuration alone.
 *
 * The text carries its own fingerprint (in `global`'s `description`, which `show info` reports),
 * so that synapse can ask a running HAProxy which text it runs.
 */
import { createHash } from 'node:crypto';
import type { ServiceConfig, SynapseConfig } from '../../config/synapse.ts';
import { globalLines, serverStatePath } from './global-section.ts';
import { placeOf } from './section-keywords.ts';
import { splitWords } from './server-options.ts';

export interface Sections {
  readonly blocks: readonly Block[];
  /** Of all blocks and of what the server lines are made from. */
  readonly fingerprint: string;
  readonly backends: readonly BackendSettings[];
  /** Where HAProxy looks for the states of its servers after a reload. */
  readonly serverStatePath: string | undefined;
  /** Lines that fit no section: left out, as the original does, and worth a warning. */
  readonly discarded: readonly DiscardedLine[];
}

export interface DiscardedLine {
  /** `undefined` where the line is one for all services. */
  readonly service: string | undefined;
  readonly line: string;
}

export interface Block {
  readonly title: string;
  readonly lines: readonly string[];
  /** The backend whose server lines follow, if any. */
  readonly backend?: BackendSettings;
}

export interface BackendSettings {
  readonly service: string;
  readonly backend: string;
  /** Of its `server_options`, with the templates that are filled in for each server. */
  readonly serverWords: readonly string[];
  readonly cookie: 'none' | 'name' | 'hash';
  readonly useNerveWeights: boolean;
  readonly order: 'asc' | 'desc' | 'no_shuffle' | { readonly seed: number | string };
  /** From `default-server` lines: servers added at run time do not inherit them. */
  readonly inheritedWords: readonly string[];
  /** Servers in the user's own lines, which synapse leaves alone; `prefix*` for a template. */
  readonly ownServers: readonly string[];
  /** What these lines name as `id`. */
  readonly ownIds: readonly number[];
}

/**
 * `host` makes the order of servers this host's own where nobody asks for one: consumers that start
 * at once must not all begin with the same server. The original draws a seed with each start.
 */
export function composeSections(config: SynapseConfig, host: string): Sections {
  const { haproxy } = config;
  const defaults = haproxy.defaults.map(splitWords);
  const services = Object.entries(config.services)
    .filter(([, service]) => !service.haproxy.disabled)
    .map(([name, service]) => composeService(config, host, defaults, name, service));
  const extra = Object.entries(haproxy.extra_sections).map(([title, lines]) => ({ title, lines }));
  const shared = composeSharedFrontend(config);
  const rest = [
    { title: 'defaults', lines: haproxy.defaults },
    ...extra,
    ...services.flatMap(({ blocks }) => blocks),
    ...shared.blocks,
  ];
  const fingerprint = fingerprintOf([globalLines(haproxy, ''), rest]);
  return {
    blocks: [{ title: 'global', lines: globalLines(haproxy, fingerprint) }, ...rest],
    fingerprint,
    backends: services.map(({ settings }) => settings),
    serverStatePath: serverStatePath(haproxy),
    discarded: [...services.flatMap(({ discarded }) => discarded), ...shared.discarded],
  };
}

/** Composes each configuration once: it is tried before it is used. */
export function createComposer(host: string): (config: SynapseConfig) => Sections {
  const known = new WeakMap<SynapseConfig, Sections>();
  return (config) => {
    const sections = known.get(config) ?? composeSections(config, host);
    known.set(config, sections);
    return sections;
  };
}

type Words = readonly string[];

interface ServiceSections {
  readonly blocks: readonly Block[];
  readonly settings: BackendSettings;
  readonly discarded: Sections['discarded'];
}

function composeService(
  { haproxy }: SynapseConfig,
  host: string,
  defaults: readonly Words[],
  name: string,
  { haproxy: own }: ServiceConfig,
): ServiceSections {
  const split = splitLines(name, own);
  const { backend, discarded } = split;
  const order = own.backend_order ?? { seed: haproxy.server_order_seed ?? host };
  const all = [...defaults, ...backend.map(splitWords)];
  const settings = backendSettings(haproxy, name, own, order, all);
  const restore = serverStatePath(haproxy) === undefined ? [] : [restoreLine];
  const block = { title: `backend ${settings.backend}`, lines: [...backend, ...restore] };
  const address = own.bind_address ?? haproxy.bind_address;
  const bind = own.port === null ? address : `${address}:${own.port}`;
  const options = own.bind_options ? ` ${own.bind_options}` : '';
  const lines = [
    ...split.frontend,
    `bind ${bind}${options}`,
    `default_backend ${settings.backend}`,
  ];
  const frontend = own.port === undefined ? [] : [{ title: `frontend ${name}`, lines }];
  return { blocks: [...frontend, { ...block, backend: settings }], settings, discarded };
}

const restoreLine = 'load-server-state-from-file global';

/** A line that HAProxy would refuse in its section is left out; `haproxy -c` judges the rest. */
function splitLines(
  service: string,
  { frontend, backend, listen }: ServiceConfig['haproxy'],
): { readonly frontend: string[]; readonly backend: string[]; discarded: Sections['discarded'] } {
  const fits = (line: string, other: 'frontend' | 'backend'): boolean => placeOf(line) !== other;
  const inFrontend = listen.filter((line) => ['both', 'frontend'].includes(placeOf(line)));
  const inBackend = listen.filter((line) => ['both', 'backend'].includes(placeOf(line)));
  const discarded = [
    ...frontend.filter((line) => !fits(line, 'backend')),
    ...backend.filter((line) => !fits(line, 'frontend')),
    ...listen.filter((line) => placeOf(line) === 'unknown'),
  ];
  return {
    frontend: [...frontend.filter((line) => fits(line, 'backend')), ...inFrontend],
    backend: [...backend.filter((line) => fits(line, 'frontend')), ...inBackend],
    discarded: discarded.map((line) => ({ service, line })),
  };
}

function backendSettings(
  haproxy: SynapseConfig['haproxy'],
  service: string,
  own: ServiceConfig['haproxy'],
  order: BackendSettings['order'],
  lines: readonly Words[],
): BackendSettings {
  const hasCookie = lines.some(([first]) => first === 'cookie');
  return {
    service,
    backend: own.backend_name ?? service,
    serverWords: splitWords(own.server_options),
    cookie: hasCookie ? own.cookie_value_method : 'none',
    useNerveWeights: own.use_nerve_weights ?? haproxy.use_nerve_weights,
    order,
    inheritedWords: lines.flatMap(([first, ...rest]) => (first === 'default-server' ? rest : [])),
    ownServers: lines.flatMap(([first, name]) => {
      if (name === undefined) return [];
      if (first === 'server-template') return [`${name}*`];
      return first === 'server' ? [name] : [];
    }),
    ownIds: lines.flatMap((words) => {
      const at = words[0] === 'server' ? words.indexOf('id', 3) : -1;
      return at < 0 ? [] : [Number(words[at + 1])];
    }),
  };
}

/**
 * One frontend for all services that are told apart by a host header, say. A service's lines for
 * it need one to be there.
 */
function composeSharedFrontend({
  haproxy,
  services,
}: SynapseConfig): Pick<Sections, 'blocks' | 'discarded'> {
  const own = Object.entries(services)
    .filter(([, service]) => !service.haproxy.disabled)
    .flatMap(
      ([
        service,
        {
          haproxy: { shared_frontend = [] },
        },
      ]) => shared_frontend.map((line) => ({ service, line })),
    );
  if (haproxy.shared_frontend === undefined) return { blocks: [], discarded: own };
  const all = [...haproxy.shared_frontend.map((line) => ({ service: undefined, line })), ...own];
  const lines = all.filter(({ line }) => fitsFrontend(line)).map(({ line }) => line);
  return {
    blocks: [{ title: 'frontend shared-frontend', lines }],
    discarded: all.filter(({ line }) => !fitsFrontend(line)),
  };
}

function fitsFrontend(line: string): boolean {
  return placeOf(line) !== 'backend';
}

function fingerprintOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}
