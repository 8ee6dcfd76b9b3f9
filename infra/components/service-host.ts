import * as pulumi from '@pulumi/pulumi';
import type { Release } from '../releases/release.ts';
import type { RenderedFile } from '../render/file.ts';
import type { ServiceHostFiles } from '../render/host.ts';
import { paths } from '../render/paths.ts';
import { type AgentName, agentCommand } from '../render/units.ts';
import type { Host } from '../targets/host.ts';
import { type DaemonArgs, daemon } from './daemon.ts';
import { hostFile } from './host-file.ts';
import { ingredientFile, ingredientRelease } from './ingredients.ts';
import { installedRelease, releaseHash } from './installed-release.ts';
import { preparedHost } from './prepared-host.ts';

export interface ServiceHostArgs {
  readonly host: Host;
  readonly files: ServiceHostFiles;
  readonly node: Release;
  readonly agent: Release;
  /** What must be done before the host is told of the ensemble's members. */
  readonly servedBy?: readonly pulumi.Resource[];
}

/**
 * A host with instances, nerve, synapse and HAProxy on it:
 *
 *     prepared ─► release ─┬─► service files ─► service ─► registration ─┬─► nerve
 *                          ├─► nerve's files ────────────────────────────┘
 *                          └─► synapse's files ─► synapse ─► haproxy
 *
 * Taken away in the reverse order: an instance leaves the registry before it is stopped.
 */
export class ServiceHost extends pulumi.ComponentResource {
  constructor(args: ServiceHostArgs, options: pulumi.ComponentResourceOptions = {}) {
    const { host, files, node, agent, servedBy = [] } = args;
    super('smartstack:index:ServiceHost', host.name, {}, options);
    const archives = { node, agent };
    const prepared = preparedHost(host, serviceHost, { parent: this });
    const installed = installedRelease(
      host,
      { name: 'release/agent', archives, releases: paths.releases, current: paths.release },
      { parent: this, dependsOn: [prepared] },
    );
    const after = (...resources: readonly pulumi.Resource[]): pulumi.CustomResourceOptions => ({
      parent: this,
      dependsOn: [installed, ...servedBy, ...resources],
    });
    const write = (file: RenderedFile): pulumi.Resource => hostFile(host, file, after());

    const services = new Map(
      [...files.services].map(([name, own]) => {
        const dependencies = own.map(write);
        return [name, daemon(host, plainDaemon(name, own), after(...dependencies))] as const;
      }),
    );
    const registrations = [...files.registrations].map(([name, file]) => {
      const service = services.get(name);
      return hostFile(host, file, after(...(service ? [service] : [])));
    });
    const nerveFiles = [...files.nerve, ...files.registrations.values()];
    daemon(
      host,
      agentDaemon('nerve', nerveFiles, releaseHash(archives)),
      after(...registrations, ...files.nerve.map(write)),
    );
    const synapse = daemon(
      host,
      agentDaemon('synapse', files.synapse, releaseHash(archives)),
      after(...files.synapse.map(write)),
    );
    daemon(
      host,
      plainDaemon('haproxy', files.haproxy),
      after(synapse, ...files.haproxy.map(write)),
    );
    this.registerOutputs({});
  }
}

/** A unit that takes a restart for every change of its files. */
function plainDaemon(unit: string, files: readonly RenderedFile[]): DaemonArgs {
  return { unit, ingredients: files.map((file) => ingredientFile('restart', file)) };
}

/** nerve or synapse: a new release or unit takes a restart, a new configuration a reload. */
function agentDaemon(unit: AgentName, files: readonly RenderedFile[], release: string): DaemonArgs {
  return {
    unit,
    ingredients: [
      ingredientRelease(release),
      ...files.map((file) =>
        ingredientFile(file.path.startsWith(paths.units) ? 'restart' : 'reload', file),
      ),
    ],
    check: agentCommand(unit, '--check-config'),
  };
}

const serviceHost = {
  role: 'service',
  // nerve asks systemd over D-Bus whether it is stopped for good or to be started again.
  packages: ['curl', 'dbus', 'haproxy'],
  folders: ['/opt/smartstack', paths.releases, paths.config, paths.nerveServices, paths.services],
} as const;
