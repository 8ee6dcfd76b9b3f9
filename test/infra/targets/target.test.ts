import { Config, runtime } from '@pulumi/pulumi';
import { expect } from 'chai';
import { InvalidEnvironmentError } from '../../../infra/catalog/invalid-environment.ts';
import { validateCatalog } from '../../../infra/catalog/validate.ts';
import { nerveServiceFiles } from '../../../infra/render/nerve.ts';
import { givesZones, targetHosts } from '../../../infra/targets/target.ts';
import { withZones } from '../../../infra/targets/with-zones.ts';
import { tutorialCatalog, tutorialEnvironment, tutorialHosts } from '../../support/tutorial.ts';

describe('targets', () => {
  afterEach(() => {
    runtime.setAllConfig({});
  });

  it('are known by their names', async () => {
    runtime.setAllConfig({ 'smartstack:target': 'azure' });
    const request = { catalog: tutorialCatalog(), config: new Config('smartstack'), deployed: {} };
    const failed = await targetHosts(request).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(InvalidEnvironmentError);
    expect(String(failed)).to.include(
      'smartstack:target: there is no target "azure"; use one of vagrant, hosts, aws',
    );
  });
});

describe('the zone that a target gives', () => {
  it('goes along in registrations, unless the catalog says another', () => {
    const catalog = tutorialCatalog();
    const [first = expect.fail(), ...others] = tutorialHosts(catalog);
    const given = others.map((host) => ({ ...host, zone: 'eu-central-1a' }));
    const { hosts } = withZones(
      {
        ...catalog,
        hosts: { ...catalog.hosts, service_b_node_1: { id: 31, roles: ['service'], zone: 'east' } },
      },
      [first, ...given],
    );
    expect(hosts[first.name]?.zone).to.equal(undefined);
    expect(hosts.service_a_node_1?.zone).to.equal('eu-central-1a');
    expect(hosts.service_b_node_1?.zone).to.equal('east');
    const environment = { ...tutorialEnvironment(), catalog: { ...catalog, hosts } };
    const file = nerveServiceFiles(environment, 'service_a_node_1').get('service_a');
    expect(JSON.parse(file?.content ?? '').labels).to.deep.equal({ zone: 'eu-central-1a' });
  });

  it('is one that services may prefer, and that takes the label from them', () => {
    const service = { port: 8001, localPort: 3333, on: ['one'], proxy: { zone: {} } };
    const catalog = (services: object) => ({
      environment: 'test',
      ensemble: { size: 1 },
      hosts: { one: { id: 1, roles: ['zookeeper', 'service'] } },
      services,
    });
    const mistakes = (services: object, everyHostHasZone: boolean): readonly string[] => {
      const surroundings = { deployed: {}, fileExists: () => true, everyHostHasZone };
      const result = validateCatalog(catalog(services), surroundings);
      return result.ok ? [] : result.problems.map(({ path }) => path);
    };
    expect(mistakes({ web: service }, givesZones('vagrant'))).to.deep.equal([
      'services.web.proxy.zone',
    ]);
    expect(mistakes({ web: service }, givesZones('aws'))).to.deep.equal([]);
    const labelled = { web: { ...service, proxy: {}, labels: { zone: 'east' } } };
    expect(mistakes(labelled, givesZones('vagrant'))).to.deep.equal([]);
    expect(mistakes(labelled, givesZones('aws'))).to.deep.equal(['services.web.labels.zone']);
  });
});
