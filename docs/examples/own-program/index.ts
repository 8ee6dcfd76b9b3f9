/** A Pulumi program of one's own: an environment on three machines, and what else belongs to it. */
import { remote } from '@pulumi/command';
import { Config, log } from '@pulumi/pulumi';
import { checkCatalog, lastDeployed, provisionEnvironment, releasesIn, sshHost } from 'smartstack';
import { catalog as written } from './catalog.ts';

const folder = import.meta.dirname;
const config = new Config();
const privateKey = config.requireSecret('privateKey');
const hostKeys = config.requireObject<Readonly<Record<string, string>>>('hostKeys');

const deployed = await lastDeployed();
const { catalog, warnings } = checkCatalog(written, { folder, deployed: deployed.hosts });
for (const warning of warnings) await log.warn(warning);

const environment = await provisionEnvironment({
  catalog,
  hosts: Object.entries(catalog.hosts).map(([name, { id }]) =>
    sshHost({
      ...{ name, address: `10.0.0.${id}`, user: 'admin', privateKey },
      hostKey: hostKeys[name] ?? '',
    }),
  ),
  folder,
  deployed,
  releases: releasesIn(folder),
});

// What is no part of SmartStack: here a question to a service, once its proxy is there.
const web1 = environment.serviceHosts.get('web1');
const answer =
  web1 &&
  new remote.Command(
    'first-question',
    {
      connection: web1.host.connection,
      create: 'curl -fsS --retry 30 --retry-all-errors http://127.0.0.1:3333/',
    },
    { dependsOn: [web1] },
  );

/** `lastDeployed` reads them next time: what runs where, who is in the ensemble, whom all trust. */
export const { authorities, hosts, membership, services } = environment;
export const ensemble = environment.ensembleHosts.join(',');
export const stock = answer?.stdout;
