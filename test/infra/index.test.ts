/** The whole program against mocks: what a changed ensemble or authority changes, and what it does not. */
import * as pulumi from '@pulumi/pulumi';
import { expect } from 'chai';
import { makeAuthority } from '../../infra/tls/issue.ts';
import { type RecordedResource, recordResources } from '../support/pulumi-recorder.ts';

type Resources = ReadonlyMap<string, RecordedResource>;

interface Run {
  readonly resources: Resources;
  /** What the stack tells about itself afterwards. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIjfIlEBOUrubCKQSzMe7Dl0mcmbuDizML6QFf1rGA9U';
const hosts = Object.fromEntries(
  [
    ...[1, 2, 3, 4, 5].map((number) => [`zookeeper${number}`, `192.0.2.1${number}`]),
    ['service_a_node_1', '192.0.2.21'],
    ['service_a_node_2', '192.0.2.22'],
    ['service_b_node_1', '192.0.2.31'],
  ].map(([name, address]) => [name, { address, hostKey, privateKey: import.meta.filename }]),
);
/** What prints them is not run here. */
const certificates = /^tls\/(ensemble-)?authority(-2)?$|certificate$/;
const authority = await makeAuthority('tutorial', new Date());
let runs = 0;

/** One `up`, of a stack that told `last` about itself. */
async function up(catalog: string, last: Run['outputs'] = {}): Promise<Run> {
  const names = catalogHosts[catalog] ?? [];
  const wanted = Object.fromEntries(names.map((name) => [name, hosts[name]]));
  process.env.SMARTSTACK_CATALOG = `test/integration/drills/catalog/${catalog}.ts`;
  pulumi.runtime.setAllConfig({
    'project:target': 'hosts',
    'project:hosts': JSON.stringify(wanted),
  });
  let exported: object = {};
  runs += 1;
  // Modules are evaluated once, unless they are called something else.
  const program = `../../infra/index.ts?${runs}`;
  const resources = await recordResources(
    async () => {
      exported = await import(program);
    },
    {
      outputs: ({ type, name }) => {
        if (type === 'pulumi:pulumi:StackReference') return { outputs: last };
        return certificates.test(name) ? { stdout: JSON.stringify(authority) } : {};
      },
    },
  );
  return { resources, outputs: await settled(exported) };
}

async function settled(exported: object): Promise<Run['outputs']> {
  return await new Promise((resolve) => {
    pulumi.output({ ...exported }).apply(resolve);
  });
}

const tutorial = ['service_a_node_1', 'service_a_node_2', 'service_b_node_1'];
const threeMembers = ['zookeeper1', 'zookeeper2', 'zookeeper3', ...tutorial];
const catalogHosts: Readonly<Record<string, readonly string[]>> = {
  catalog: threeMembers,
  'ensemble-tls-authorities-1-2': threeMembers,
  'ensemble-tls-authorities-2': threeMembers,
  'five-members': Object.keys(hosts),
};

/** `<host>/<thing>` of what is new or has other inputs, without what stands on new hosts. */
function changes(before: Resources, after: Resources): readonly string[] {
  const inputs = (resources: Resources, name: string): string =>
    JSON.stringify(resources.get(name)?.inputs);
  return [...after.keys()]
    .filter((name) => !/^zookeeper[45]/.test(name))
    .filter((name) => inputs(before, name) !== inputs(after, name))
    .sort();
}

const catalogBefore = process.env.SMARTSTACK_CATALOG;

function restoreCatalog(): void {
  if (catalogBefore === undefined) delete process.env.SMARTSTACK_CATALOG;
  else process.env.SMARTSTACK_CATALOG = catalogBefore;
}

describe('the program, when members of the ensemble come and go', function () {
  this.timeout(120_000);
  let three: Run;
  let five: Run;

  before(async () => {
    three = await up('catalog');
    five = await up('five-members', three.outputs);
  });

  after(restoreCatalog);

  it('changes nothing the second time', async () => {
    const [threeAgain, fiveAgain] = [
      await up('catalog', three.outputs),
      await up('five-members', five.outputs),
    ];
    expect(changes(three.resources, threeAgain.resources)).to.deep.equal([]);
    expect(changes(five.resources, fiveAgain.resources)).to.deep.equal([]);
    expect(fiveAgain.outputs).to.deep.equal(five.outputs);
  });

  it('restarts nothing to grow, and tells every service host', () => {
    const told = tutorial.flatMap((host) => [
      `${host}/etc/smartstack/nerve.conf.json`,
      `${host}/etc/smartstack/synapse.conf.json`,
      `${host}/nerve.service`,
      `${host}/synapse.service`,
    ]);
    const changed = changes(three.resources, five.resources);
    expect(changed.filter((name) => !name.includes('/nerve.d/'))).to.deep.equal(
      [
        'ensemble/membership',
        ...[1, 2, 3].map((number) => `zookeeper${number}/etc/zookeeper/zoo.cfg.dynamic.seed`),
        ...told,
      ].sort(),
    );
  });

  it('makes service hosts wait for members that are new, and for nothing else', () => {
    const waiting = ({ resources }: Run): readonly string[] =>
      [...resources.values()]
        .filter(({ dependsOn }) => dependsOn.includes('ensemble/membership'))
        .map(({ name }) => name);
    expect(waiting(three)).to.deep.equal(['zookeeper1/roll-followers']);
    expect(waiting(five)).to.include.members(
      tutorial.map((host) => `${host}/etc/smartstack/synapse.conf.json`),
    );
  });

  it('remembers who founded the ensemble, and lets nobody do so again', () => {
    const founders = {
      zookeeper1: '192.0.2.11',
      zookeeper2: '192.0.2.12',
      zookeeper3: '192.0.2.13',
    };
    expect(three.outputs.membership).to.deep.equal({
      founders,
      members: Object.keys(founders),
    });
    expect(five.outputs.membership).to.deep.equal({
      founders,
      members: [...Object.keys(founders), 'zookeeper4', 'zookeeper5'],
    });
    const seed = ({ resources }: Run): string =>
      String(resources.get('zookeeper1/etc/zookeeper/zoo.cfg.dynamic.seed')?.inputs.stdin);
    expect(seed(three)).to.include(':participant;').and.not.include(':observer;');
    expect(seed(five)).to.include(':observer;').and.not.include(':participant;');
  });
});

describe('the program, when another authority takes the place of one', function () {
  this.timeout(120_000);

  after(restoreCatalog);

  it('remembers whom all hosts trust, and refuses what some would not understand', async () => {
    const first = await up('catalog');
    expect(first.outputs.authorities).to.deep.equal([1]);
    const both = await up('ensemble-tls-authorities-1-2', first.outputs);
    expect(both.outputs.authorities).to.deep.equal([1, 2]);
    const refusal = await up('ensemble-tls-authorities-2', both.outputs).catch(String);
    expect(refusal).to.include('authorities: 1 has signed what hosts show each other; run up with');
    // Of a stack from before they were told of.
    const { authorities: _, ...older } = first.outputs;
    const early = await up('ensemble-tls-authorities-2', older).catch(String);
    expect(early).to.include('2 is to sign, and not every host trusts it yet; run up with [1, 2]');
  });
});
