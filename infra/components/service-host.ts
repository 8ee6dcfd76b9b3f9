import type { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import type { Release } from '../releases/release.ts';
import type { RenderedFile } from '../render/file.ts';
import type { ServiceHostFiles } from '../render/host.ts';
import { paths } from '../render/paths.ts';
import { issueMark } from '../render/tls.ts';
import { type AgentName, agentCommand } from '../render/units.ts';
import type { Host } from '../targets/host.ts';
import type { HostTls } from './certificate-authority.ts';
import { type DaemonArgs, daemon } from './daemon.ts';
import { deployedService } from './deployed-service.ts';
import { hostFile } from './host-file.ts';
import { ingredientCertificate, ingredientFile } from './ingredients.ts';
import { installedRelease, releaseHash } from './installed-release.ts';
import { preparedHost } from './prepared-host.ts';
import { relay } from './relay.ts';
import { rolledAgent } from './rolled-agent.ts';
import { secretFile } from './secret-file.ts';
import { scriptOf } from './shell.ts';
import type { HostFile } from './written-file.ts';

export interface ServiceHostArgs {
  readonly host: Host;
  readonly files: ServiceHostFiles;
  readonly node: Release;
  readonly agent: Release;
  /** Hosts whose turn comes before, when a new release of the agent is rolled out. */
  readonly rollAfter?: readonly ServiceHost[];
  /** By a service's name: what comes before its instance here is started anew. */
  readonly deployAfter?: ReadonlyMap<string, readonly pulumi.Resource[]>;
  /** With which nerve comes to ZooKeeper, if it needs one: `user:password`, one a line. */
  readonly zookeeperSecret?: pulumi.Input<string> | undefined;
  /** For a host that runs or reaches services over TLS, or comes to ZooKeeper so. */
  readonly tls?: HostTls | undefined;
  /** By which it knows members of the ensemble, where it comes to them over TLS. */
  readonly ensembleAuthority?: HostFile | undefined;
  /** What must be done before the host is told of the ensemble's members. */
  readonly servedBy?: readonly pulumi.Resource[];
}

/**
 * A host with instances, nerve, synapse and HAProxy on it:
 *
 *     prepared ─► release ─► rolled ─┬─► service files ─► service ─► registration ─┬─► nerve
 *                              ▲     ├─► nerve's secret ─► nerve's files ──────────┘
 *          other hosts, rolled ┘     └─► synapse's files ─► synapse ─► haproxy
 *
 * Over TLS to ZooKeeper, the tunnel comes first of what follows `rolled`, services aside.
 * A new release starts with the configuration that is there, and changes of it come after that: the
 * release before, to which a bad one is taken back, knows what it reads.
 * Taken away in the reverse order: an instance leaves the registry before it is stopped.
 */
export class ServiceHost extends pulumi.ComponentResource {
  /** Its agent runs on the release that is wanted. */
  readonly rolled: pulumi.Resource;
  readonly host: Host;
  /** What the catalog runs here, by name: it runs as it shall. */
  readonly services: ReadonlyMap<string, remote.Command>;
  /** Its nerve knows what is to be registered. */
  readonly told: remote.Command;
  /** Its nerve and synapse know how to reach the ensemble. */
  readonly reaching: readonly remote.Command[];

  constructor(args: ServiceHostArgs, options: pulumi.ComponentResourceOptions = {}) {
    const { host, files, node, agent, zookeeperSecret, tls } = args;
    const { rollAfter = [], deployAfter = new Map(), servedBy = [] } = args;
    super('smartstack:index:ServiceHost', host.name, {}, options);
    this.host = host;
    const archives = { node, agent };
    const prepared = preparedHost(host, serviceHost, { parent: this });
    const installed = installedRelease(
      host,
      {
        name: 'release/agent',
        archives,
        releases: paths.releases,
        current: paths.release,
      },
      { parent: this, dependsOn: [prepared] },
    );
    const dependsOn = [installed, ...rollAfter.map(({ rolled }) => rolled)];
    const rolled = rolledAgent(host, releaseHash(archives), { parent: this, dependsOn });
    this.rolled = rolled;
    const after = (...resources: readonly pulumi.Resource[]): pulumi.CustomResourceOptions => ({
      parent: this,
      dependsOn: [rolled, ...servedBy, ...resources],
    });
    const write = (file: HostFile): remote.Command => hostFile(host, file, after());
    const certificates = (tls?.files ?? []).map(write);
    const tunnel = this.#tunnel(args, certificates, after);

    const services = new Map(
      [...files.services].map(([name, run]) => {
        const turn = after(...(deployAfter.get(name) ?? []));
        const written = run.files.map((file) => hostFile(host, file, turn));
        return [name, deployedService(host, { name, ...run, written }, after())] as const;
      }),
    );
    this.services = services;
    const synapse = daemon(
      host,
      {
        ...agentDaemon('synapse', files.synapse),
        late: ingredientCertificate('reload', files.speaksTls ? tls : undefined),
        written: withIssue(files.synapse, tls).map((file) =>
          hostFile(host, file, after(...tunnel)),
        ),
        settled: scriptOf('await-configured.sh', {}),
      },
      after(...certificates),
    );
    // Behind TLS, an instance is reached through HAProxy on its host.
    const door = files.speaksTls ? [synapse] : [];
    const registrations = [...files.registrations].map(([name, file]) => {
      const service = services.get(name);
      return hostFile(host, file, after(...(service ? [service] : []), ...door, ...tunnel));
    });
    const secrets = zookeeperSecret === undefined ? [] : [zookeeperSecret];
    const nerveSecrets = secrets.map((content) =>
      secretFile(host, { path: paths.zookeeperSecret, content, unit: 'nerve' }, after()),
    );
    const configured = files.nerve.map((file) =>
      hostFile(host, file, after(...nerveSecrets, ...tunnel)),
    );
    const nerveFiles = [...files.nerve, ...files.registrations.values()];
    this.told = daemon(
      host,
      {
        ...agentDaemon('nerve', nerveFiles),
        written: [...registrations, ...configured],
        settled: scriptOf('await-decided.sh', {}),
      },
      after(),
    );
    this.reaching = [synapse, this.told];
    daemon(
      host,
      {
        unit: 'haproxy',
        // A new unit is for its next start: a restart would cut what it carries.
        ingredients: files.haproxy.map((file) => ingredientFile('reload', file)),
        written: files.haproxy.map(write),
      },
      after(synapse),
    );
    this.registerOutputs({});
  }

  /** What runs before nerve and synapse are told to go through it; none without TLS to ZooKeeper. */
  #tunnel(
    { host, files: { tunnel }, tls, ensembleAuthority }: ServiceHostArgs,
    certificates: readonly pulumi.Resource[],
    after: (...resources: readonly pulumi.Resource[]) => pulumi.CustomResourceOptions,
  ): readonly pulumi.Resource[] {
    if (tunnel === undefined || tls === undefined || ensembleAuthority === undefined) return [];
    const authority = hostFile(host, ensembleAuthority, after());
    return [relay(host, tunnel, tls, after(...certificates, authority))];
  }
}

/** The mark for it stands in what is rendered. */
function withIssue(files: readonly RenderedFile[], tls: HostTls | undefined): readonly HostFile[] {
  if (tls === undefined) return files;
  return files.map(({ content, ...file }) => ({
    ...file,
    content: content.includes(issueMark)
      ? tls.issue.apply((issue) => content.replace(issueMark, issue))
      : content,
  }));
}

/** nerve or synapse: a new unit takes a restart, a new configuration a reload. */
function agentDaemon(unit: AgentName, files: readonly RenderedFile[]): Omit<DaemonArgs, 'written'> {
  return {
    unit,
    ingredients: files.map((file) =>
      ingredientFile(file.path.startsWith(paths.units) ? 'restart' : 'reload', file),
    ),
    check: agentCommand(unit, '--check-config'),
  };
}

const serviceHost = {
  role: 'service',
  // nerve asks systemd over D-Bus whether it is stopped for good or to be started again.
  packages: ['curl', 'dbus', 'haproxy'],
  folders: ['/opt/smartstack', paths.releases, paths.config, paths.nerveServices, paths.services],
} as const;
