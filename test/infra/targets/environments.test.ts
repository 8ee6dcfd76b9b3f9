/** Whole environments of many sizes, on each target that logs in over ssh by itself, against mocks. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Config, runtime, secret } from '@pulumi/pulumi';
import { expect } from 'chai';
import type { Catalog } from '../../../infra/catalog/schema.ts';
import { provisionEnvironment } from '../../../infra/provision-environment.ts';
import type { TargetHost } from '../../../infra/targets/host.ts';
import { existingHosts } from '../../../infra/targets/hosts.ts';
import { stackFiles } from '../../../infra/targets/vagrant/stack-files.ts';
import { vagrantHosts } from '../../../infra/targets/vagrant.ts';
import { makeAuthority } from '../../../infra/tls/issue.ts';
import { type RecordedResource, recordResources } from '../../support/pulumi-recorder.ts';
import { catalogOf } from '../../support/sized-catalog.ts';

const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIjfIlEBOUrubCKQSzMe7Dl0mcmbuDizML6QFf1rGA9U';
const hushed = ['hush-key', 'hush-sudo', 'hush-registry', 'PRIVATE KEY'];
const release = async () => ({ hash: 'ha5h', path: import.meta.filename });

interface Run {
  readonly hosts: readonly TargetHost[];
  readonly resources: ReadonlyMap<string, RecordedResource>;
}

describe('environments of many sizes', function () {
  this.timeout(120_000);
  let folder: string;
  let authority: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'environments-'));
    authority = JSON.stringify(await makeAuthority('test', new Date()));
  });
  after(() => {
    runtime.setAllConfig({});
    rmSync(folder, { recursive: true, force: true });
  });

  type Target = (catalog: Catalog) => Promise<readonly TargetHost[]> | readonly TargetHost[];
  const wanted = ({ hosts }: Catalog) =>
    Object.entries(hosts).map(([name, { id }]) => ({ name, id }));
  const targets: Readonly<Record<string, Target>> = {
    hosts: (catalog) => {
      const privateKey = join(folder, 'key');
      writeFileSync(privateKey, 'hush-key');
      const login = { user: 'admin', sudo: 'password', privateKey, hostKey };
      const list = wanted(catalog).map(({ name, id }) => [
        name,
        { address: `192.0.2.${id}`, ...login },
      ]);
      runtime.setAllConfig({
        'smartstack:hosts': JSON.stringify(Object.fromEntries(list)),
        'smartstack:sudoPassword': 'hush-sudo',
      });
      return existingHosts(wanted(catalog), new Config('smartstack'));
    },
    vagrant: (catalog) => {
      runtime.setAllConfig({});
      const files = stackFiles('vagrant', folder);
      return vagrantHosts(wanted(catalog), new Config('smartstack'), files);
    },
  };

  async function run(target: Target, members: number, services: number): Promise<Run> {
    const plain = catalogOf(members, services);
    const { web = expect.fail() } = plain.services;
    const catalog = { ...plain, services: { ...plain.services, web: { ...web, tls: true } } };
    let hosts: readonly TargetHost[] = [];
    const resources = await recordResources(
      async () => {
        hosts = await target(catalog);
        await provisionEnvironment({
          ...{ catalog, hosts, folder },
          deployed: { hosts: {}, services: {}, membership: undefined, authorities: [] },
          releases: { agent: release, node: release, zookeeper: release },
          registryOwner: { secret: secret('hush-registry'), acl: 'read-only' },
        });
      },
      {
        outputs: ({ name }) => {
          if (name === 'tls/authority' || name.endsWith('/certificate'))
            return { stdout: authority };
          return name.endsWith('/machine') ? { stdout: JSON.stringify({ hostKey }) } : {};
        },
      },
    );
    return { hosts, resources };
  }

  for (const [name, target] of Object.entries(targets)) {
    for (const members of [1, 3, 5]) {
      for (const services of [1, 7, 50]) {
        it(`${name}: ${members} members, ${services} hosts`, async () => {
          const { hosts, resources } = await run(target, members, services);
          expect(hosts).to.have.length(members + services);
          for (const field of ['name', 'address'] as const) {
            expect(new Set(hosts.map((host) => host[field])).size, field).to.equal(hosts.length);
          }
          expectRightHosts(hosts, resources);
          expectSetUpOnce(resources, members, services);
          for (const { inputs, name: resource } of resources.values()) {
            const open = JSON.stringify(inputs, withoutSecrets);
            for (const word of hushed) expect(open, resource).not.to.include(word);
          }
        });
      }
    }
  }
});

/** What is named after a host is done there, as its user, and only once it has proved who it is. */
function expectRightHosts(hosts: readonly TargetHost[], resources: Run['resources']): void {
  const remote = [...resources.values()].filter(({ type }) => type.startsWith('command:remote:'));
  const reached = new Set<string>();
  for (const { name, inputs } of remote) {
    const of = name.split('/')[0];
    const host = hosts.find((one) => one.name === (of === 'ensemble' ? 'zookeeper1' : of));
    if (host === undefined) expect.fail(`${name} is on no host`);
    reached.add(host.name);
    const { user, port } = host.connection;
    const connection = { host: host.address, user, port, hostKey };
    // With the key in it, all of it is a secret.
    expect(isSecret(inputs.connection), name).to.equal(true);
    expect(inputs.connection, name).to.have.property('value').that.deep.includes(connection);
  }
  expect([...reached].sort()).to.deep.equal(hosts.map(({ name }) => name).sort());
}

function expectSetUpOnce(resources: Run['resources'], members: number, services: number): void {
  const ending = (end: string): number =>
    [...resources.keys()].filter((name) => name.endsWith(end)).length;
  const counts = {
    '/prepared/zookeeper': members,
    '/system/zookeeper.service': members,
    '/prepared/service': services,
    '/system/nerve.service': services,
    '/system/haproxy.service': services,
    '/nerve.d/web.json': services,
    '/nerve.d/shop.json': 1,
    '/etc/smartstack/zookeeper.secret': services,
    '/etc/smartstack/tls/host.pem': services,
    '/certificate': services,
    'tls/authority': 1,
    'ensemble/membership': 1,
  };
  for (const [end, count] of Object.entries(counts)) expect(ending(end), end).to.equal(count);
}

/** Of a secret, what everybody sees. */
function withoutSecrets(_: string, value: unknown): unknown {
  return isSecret(value) ? '[secret]' : value;
}

function isSecret(value: unknown): boolean {
  return Object(value)[runtime.specialSigKey] === runtime.specialSecretSig;
}
