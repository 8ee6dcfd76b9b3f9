/**
 * What `npm run preview` says of what people change after the first day: host by host, only what is
 * concerned, and nothing else. `UPDATE_GOLDEN=1` writes the text anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Catalog, Service } from '../../infra/catalog/schema.ts';
import { provisionEnvironment } from '../../infra/provision-environment.ts';
import { makeAuthority } from '../../infra/tls/issue.ts';
import { previewText } from '../support/preview-text.ts';
import { type RecordedResource, recordResources } from '../support/pulumi-recorder.ts';
import { tutorialCatalog, tutorialHosts } from '../support/tutorial.ts';

const golden = new URL('previews.golden.txt', import.meta.url);
const release = async () => ({ hash: 'ha5h', path: import.meta.filename });
const shipped = tutorialCatalog();

/** The catalog that ships, with other services. */
function withServices(changes: Readonly<Record<string, Partial<Service> | null>>): Catalog {
  const names = [...Object.keys(shipped.services), ...Object.keys(changes)];
  const services = [...new Set(names)].flatMap((name) => {
    const change = changes[name];
    if (change === null) return [];
    const like = shipped.services[name] ?? shipped.services.service_a ?? expect.fail();
    return [[name, { ...like, ...change }] as const];
  });
  return { ...shipped, services: Object.fromEntries(services) };
}

function withHost(name: string, id: number): Catalog {
  return { ...shipped, hosts: { ...shipped.hosts, [name]: { id, roles: ['service'] } } };
}

const [check] = shipped.services.service_a?.checks ?? [];
if (check?.type !== 'http') throw new Error('the catalog that ships has this check');
const { service_a_node_2: _, ...fewerHosts } = shipped.hosts;
const greeter = { port: 8_003, localPort: 3_335, on: ['service_b_node_1'] };

const changes: Readonly<Record<string, Catalog>> = {
  'nothing changes': shipped,
  'a service more': withServices({ greeter }),
  'a service on another host': withServices({ service_b: { on: ['service_a_node_1'] } }),
  'a service less': withServices({ service_b: null }),
  'another check': withServices({ service_a: { checks: [{ ...check, uri: '/ready' }] } }),
  'another weight': withServices({ service_a: { weight: 10 } }),
  'another port': withServices({ service_b: { port: 8_009 } }),
  'TLS for a service': withServices({ service_b: { tls: true } }),
  'a host more': withHost('service_c_node_1', 41),
  'a host less': {
    ...withServices({ service_a: { on: ['service_a_node_1'] } }),
    hosts: fewerHosts,
  },
};

/** Those that are short; of the others the golden files of what is rendered tell. */
const withDiffs: readonly string[] = ['another check', 'another weight'];
const digest = /\b[0-9a-f]{16}\b/g;

/** Hosts, and what changes there. */
function headsOf(preview: string): string {
  return preview
    .split('\n')
    .filter((line) => !line.startsWith('      '))
    .join('\n');
}

describe('a preview', function () {
  this.timeout(60_000);
  let authority: string;

  before(async () => {
    authority = JSON.stringify(await makeAuthority('tutorial', new Date()));
  });

  const record = (catalog: Catalog): Promise<ReadonlyMap<string, RecordedResource>> =>
    recordResources(
      async () => {
        await provisionEnvironment({
          ...{ catalog, hosts: tutorialHosts(catalog), folder: process.cwd() },
          deployed: { hosts: {}, services: {}, membership: undefined, authorities: [] },
          releases: { agent: release, node: release, zookeeper: release },
        });
      },
      {
        outputs: ({ name }) => (/^tls\/|\/certificate$/.test(name) ? { stdout: authority } : {}),
      },
    );

  it('names what is concerned, and nothing else', async () => {
    const before = await record(shipped);
    let text = '';
    for (const [title, catalog] of Object.entries(changes)) {
      const shown = previewText(before, await record(catalog));
      text += `=== ${title}\n${withDiffs.includes(title) ? shown : headsOf(shown)}\n\n`;
    }
    text = text.replaceAll(digest, '(digest)');
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(golden, text);
    expect(text).to.equal(readFileSync(golden, 'utf8'));
  });
});
