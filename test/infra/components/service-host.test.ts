import * as pulumi from '@pulumi/pulumi';
import { expect } from 'chai';
import { CertificateAuthority } from '../../../infra/components/certificate-authority.ts';
import { ServiceHost, type ServiceHostArgs } from '../../../infra/components/service-host.ts';
import type { Environment } from '../../../infra/render/environment.ts';
import { serviceHostFiles } from '../../../infra/render/host.ts';
import { tlsNames } from '../../../infra/render/tls.ts';
import { issueCertificate, makeAuthority } from '../../../infra/tls/issue.ts';
import { issueOf } from '../../../infra/tls/renewal.ts';
import { type RecordedResource, recordResources } from '../../support/pulumi-recorder.ts';
import { environmentWith } from '../../support/rendered-service.ts';
import { textOf, tutorialEnvironment, tutorialHosts } from '../../support/tutorial.ts';

describe('ServiceHost', () => {
  let resources: ReadonlyMap<string, RecordedResource>;

  before(async () => {
    resources = await record({});
  });

  it('names every file by host and path', () => {
    const files = [...resources.keys()]
      .filter((name) => /^service_a_node_1\/(etc|srv)\//.test(name))
      .sort();
    expect(files).to.deep.equal([
      'service_a_node_1/etc/smartstack/nerve.conf.json',
      'service_a_node_1/etc/smartstack/nerve.d/service_a.json',
      'service_a_node_1/etc/smartstack/synapse.conf.json',
      'service_a_node_1/etc/systemd/system/haproxy.service',
      'service_a_node_1/etc/systemd/system/nerve.service',
      'service_a_node_1/etc/systemd/system/service_a.service',
      'service_a_node_1/etc/systemd/system/synapse.service',
      'service_a_node_1/srv/smartstack/service_a/service-a.ts',
    ]);
  });

  it('registers a service only after it was started, and stops it only after it left', () => {
    const registration = resources.get('service_a_node_1/etc/smartstack/nerve.d/service_a.json');
    expect(registration?.dependsOn).to.include('service_a_node_1/service_a.service');
    const undo = String(registration?.inputs.delete);
    const steps = [
      'rm -f',
      'service_a.json',
      "SERVICE='\\''service_a'\\''",
      'reload nerve',
      'until code=',
    ];
    const places = steps.map((step) => undo.indexOf(step));
    expect(places)
      .to.deep.equal(places.toSorted((a, b) => a - b))
      .and.not.include(-1);
  });

  it('tells its daemons of no members before they serve', async () => {
    const waiting = await record({}, () => ({
      servedBy: [new pulumi.ComponentResource('test:index:Serves', 'serves')],
    }));
    for (const file of ['nerve.conf.json', 'nerve.d/service_a.json', 'synapse.conf.json']) {
      const name = `service_a_node_1/etc/smartstack/${file}`;
      expect(waiting.get(name)?.dependsOn, file).to.include('serves');
    }
    expect(waiting.get('service_a_node_1/release/agent')?.dependsOn).to.not.include('serves');
  });

  it('starts HAProxy after synapse, which writes its configuration', () => {
    const haproxy = resources.get('service_a_node_1/haproxy.service');
    expect(haproxy?.dependsOn).to.include('service_a_node_1/synapse.service');
  });

  it('restarts HAProxy for nothing, as that would cut what it carries', () => {
    const haproxy = resources.get('service_a_node_1/haproxy.service');
    expect(haproxy?.inputs.stdin).to.match(
      /^reload \w+ \/etc\/systemd\/system\/haproxy\.service\n$/,
    );
  });

  it('checks a configuration before a daemon gets it (law 5)', () => {
    for (const unit of ['nerve', 'synapse']) {
      const create = resources.get(`service_a_node_1/${unit}.service`)?.inputs.create;
      expect(create).to.include(`${unit}.mjs --check-config -c /etc/smartstack/${unit}.conf.json`);
    }
  });

  it('hears of synapse whether it took its configuration, which HAProxy has to take too', () => {
    const create = resources.get('service_a_node_1/synapse.service')?.inputs.create;
    expect(create).to.match(/systemctl "\$action".*synapse refused what is new/s);
  });

  it('rolls a release out host by host, before its daemons get their configuration', () => {
    const rolled = resources.get('service_a_node_1/roll-agent');
    expect(rolled?.dependsOn).to.deep.equal([
      'service_a_node_1/release/agent',
      'service_a_node_2/roll-agent',
    ]);
    expect(rolled?.inputs.create).to.include('/opt/smartstack/releases/n0de-a9e27');
    for (const what of ['etc/smartstack/nerve.conf.json', 'etc/systemd/system/nerve.service']) {
      const { dependsOn } = resources.get(`service_a_node_1/${what}`) ?? expect.fail(what);
      expect(dependsOn).to.deep.equal(['service_a_node_1/roll-agent']);
    }
    const daemon = resources.get('service_a_node_1/nerve.service');
    expect(daemon?.inputs.stdin).to.not.include('n0de');
  });

  it('brings the secret before the configuration that names it, hidden wherever it stands', async () => {
    const zookeeperSecret = 'smartstack:hush hush\n';
    const withSecret = await record({ registryAcl: 'read-only' }, () => ({ zookeeperSecret }));
    const added = [...withSecret.keys()].filter((name) => !resources.has(name));
    const name = 'service_a_node_1/etc/smartstack/zookeeper.secret';
    expect(added).to.deep.equal([name]);
    const { dependsOn } = withSecret.get('service_a_node_1/etc/smartstack/nerve.conf.json') ?? {};
    expect(dependsOn).to.include(name);
    for (const { inputs, ...rest } of withSecret.values()) {
      const { stdin, ...open } = inputs;
      const isSecret =
        Object(stdin)[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig;
      const text = JSON.stringify([open, isSecret ? '' : stdin, rest.name]);
      expect(text, rest.name).not.to.include('hush');
      expect(isSecret, rest.name).to.equal(rest.name === name);
    }
  });

  it('ignores no host key, and sends nothing of an earlier run', () => {
    const commands = [...resources.values()].filter(({ type }) => type.startsWith('command:'));
    expect(commands).to.have.length.above(10);
    for (const { inputs, type } of commands) {
      expect(JSON.stringify(inputs.connection)).to.include('ssh-ed25519 service_a_node_1');
      if (type === 'command:remote:Command') expect(inputs.addPreviousOutputInEnv).to.equal(false);
    }
  });
});

async function record(
  more: Partial<Environment>,
  args: () => Partial<ServiceHostArgs> = () => ({}),
): Promise<ReadonlyMap<string, RecordedResource>> {
  const environment = { ...tutorialEnvironment(), ...more };
  const host = tutorialHosts(environment.catalog).find(({ name }) => name === 'service_a_node_1');
  if (host === undefined) return expect.fail('the shipped catalog has this host');
  const archive = (hash: string) => ({ hash, path: import.meta.filename });
  const releases = { node: archive('n0de'), agent: archive('a9e27') };
  const files = serviceHostFiles(environment, textOf)(host.name);
  return await recordResources(() => {
    const other = { ...host, name: 'service_a_node_2' };
    const first = new ServiceHost({ host: other, files, ...releases });
    new ServiceHost({ host, files, ...releases, rollAfter: [first], ...args() });
  });
}

describe('ServiceHost with a service over TLS', () => {
  const now = new Date();
  let resources: ReadonlyMap<string, RecordedResource>;
  let issue: string;
  let key: string;

  before(async () => {
    const environment = environmentWith({ web: { tls: true } });
    const authority = await makeAuthority('test', now);
    const own = await issueCertificate({ authority, host: 'one', names: [] }, now);
    issue = issueOf(authority.certificate, now);
    key = own.key;
    const printed: Readonly<Record<string, object>> = {
      'tls/authority': authority,
      'one/certificate': own,
    };
    const archive = (hash: string) => ({ hash, path: import.meta.filename });
    const host = tutorialHosts(environment.catalog).find(({ name }) => name === 'one');
    if (host === undefined) return expect.fail('the catalog has this host');
    resources = await recordResources(
      () => {
        const files = serviceHostFiles(environment, textOf)('one');
        const tls = new CertificateAuthority({
          environment: 'test',
          authorities: [1],
          now,
        }).hostTls('one', tlsNames(environment, 'one'));
        new ServiceHost({ host, files, node: archive('n0de'), agent: archive('a9e27'), tls });
      },
      {
        outputs: ({ name }) => (name in printed ? { stdout: JSON.stringify(printed[name]) } : {}),
      },
    );
  });

  const inputsOf = (name: string) => resources.get(name)?.inputs ?? expect.fail(`no ${name}`);

  it('asks for a certificate that names what runs there, anew with each issue', () => {
    expect(inputsOf('one/certificate')).to.deep.include({
      create:
        'node_modules/.bin/node infra/tls/main.ts certificate one web.services.test.smartstack',
      triggers: [issue],
      logging: 'stderr',
      addPreviousOutputInEnv: false,
    });
    expect(resources.get('one/certificate')?.options.additionalSecretOutputs).to.include('stdout');
    expect(resources.get('tls/authority')?.options.additionalSecretOutputs).to.include('stdout');
  });

  it('writes the key for the eyes of HAProxy alone, and hands it over as a secret', () => {
    const { create, stdin } = inputsOf('one/etc/smartstack/tls/host.pem');
    expect(create).to.match(/MODE=\S*0400\S*\nOWNER=\S*smartstack/);
    expect(stdin).to.have.property('value').that.includes(key);
    // A longer line of a secret is hidden wherever it is printed, at the end of other files too.
    expect(stdin).to.have.property('value').that.does.not.include('# end of file');
    expect(inputsOf('one/certificate').stdin).to.have.property('value');
  });

  it('shows the key nowhere else', () => {
    const holders = [...resources.values()].filter(({ inputs }) =>
      JSON.stringify(inputs).includes('PRIVATE KEY'),
    );
    expect(holders.map(({ name }) => name).sort()).to.deep.equal([
      'one/certificate',
      'one/etc/smartstack/tls/host.pem',
    ]);
  });

  it('registers an instance only after synapse knows of the TLS before it', () => {
    const registration = resources.get('one/etc/smartstack/nerve.d/web.json');
    expect(registration?.dependsOn).to.include('one/synapse.service');
  });

  it('has its files before synapse tells HAProxy of them, and of which they are', () => {
    const synapse = resources.get('one/synapse.service');
    expect(synapse?.dependsOn).to.include.members([
      'one/etc/smartstack/tls/ca.pem',
      'one/etc/smartstack/tls/host.pem',
    ]);
    expect(synapse?.inputs.stdin).to.include(`reload ${issue} certificate\n`);
    const { stdin } = inputsOf('one/etc/smartstack/synapse.conf.json');
    expect(stdin).to.include(`"# certificate ${issue}"`);
  });
});
