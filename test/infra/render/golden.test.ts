/**
 * Every file that hosts of the catalog that ships get, and what TLS changes of them: what changes here
 * changes on somebody's hosts. `UPDATE_GOLDEN=1` writes the texts anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { structuredPatch } from 'diff';
import type { Environment } from '../../../infra/render/environment.ts';
import type { RenderedFile } from '../../../infra/render/file.ts';
import { serviceHostFiles } from '../../../infra/render/host.ts';
import { zookeeperUnit } from '../../../infra/render/units.ts';
import { zookeeperFiles } from '../../../infra/render/zookeeper.ts';
import { textOf, tutorialEnvironment } from '../../support/tutorial.ts';

describe('the files of the tutorial', () => {
  const plain = tutorialEnvironment();

  it('are what they were', () => {
    const files = [...memberFiles(plain), ...serviceFiles(plain, 'service_a_node_1')];
    const text = files.map(
      ({ path, mode, owner, content }) => `=== ${path} ${mode} ${owner}\n${content}`,
    );
    expectGolden('tutorial.golden.txt', text.join('\n'));
  });

  it('change with TLS for a service as they did', () => {
    const hosts = ['service_a_node_1', 'service_b_node_1'];
    expectGolden('tutorial-tls.golden.txt', hosts.map((host) => changes(host)).join('\n'));
  });

  /** As lines that go and come, of the files that differ. */
  function changes(host: string): string {
    const before = new Map(serviceFiles(plain, host).map((file) => [file.path, file.content]));
    const after = serviceFiles(withTls(plain), host);
    expect(after.map(({ path }) => path)).to.deep.equal([...before.keys()]);
    return after
      .map(({ path, content }) => {
        const { hunks } = structuredPatch('', '', before.get(path) ?? '', content, '', '', {
          context: 0,
        });
        return hunks.length === 0
          ? ''
          : [`=== ${host} ${path}`, ...hunks.flatMap(({ lines }) => lines), ''].join('\n');
      })
      .join('');
  }
});

function memberFiles(environment: Environment): readonly RenderedFile[] {
  const { heapMb } = environment.catalog.ensemble;
  return [...zookeeperFiles(environment, 'zookeeper1', true), zookeeperUnit(heapMb)];
}

function serviceFiles(environment: Environment, host: string): readonly RenderedFile[] {
  const { nerve, registrations, synapse, haproxy, services } = serviceHostFiles(
    environment,
    textOf,
  )(host);
  const own = [...services.values()].flatMap(({ files }) => files);
  return [...nerve, ...registrations.values(), ...synapse, ...haproxy, ...own];
}

function withTls({ catalog, ...environment }: Environment): Environment {
  const { service_a: service } = catalog.services;
  if (service === undefined) return expect.fail('the catalog that ships has this service');
  const services = { ...catalog.services, service_a: { ...service, tls: true } };
  return { ...environment, catalog: { ...catalog, services } };
}

function expectGolden(name: string, text: string): void {
  const golden = new URL(name, import.meta.url);
  if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(golden, text);
  expect(text).to.equal(readFileSync(golden, 'utf8'));
}
