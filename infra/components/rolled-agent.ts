import type { remote } from '@pulumi/command';
import type { CustomResourceOptions } from '@pulumi/pulumi';
import { paths, ports } from '../render/paths.ts';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { scriptThatSwitches } from './installed-release.ts';

/** HAProxy goes on alone while synapse starts; nerve, which others hear of, only moves after that. */
const turns = [`synapse:${ports.synapse}`, `nerve:${ports.nerve}`];

/**
 * The daemons that run on a host, moved to a release that is unpacked there: one after the other, each
 * only when the one before has proved itself. A release that has not is taken back. Does nothing where
 * none runs.
 */
export function rolledAgent(
  host: Host,
  hash: string,
  options: CustomResourceOptions,
): remote.Command {
  const script = scriptThatSwitches('roll-agent.sh', paths.release, {
    RELEASE: `${paths.releases}/${hash}`,
    DAEMONS: turns.join(' '),
  });
  return hostCommand(host, 'roll-agent', { script }, options);
}
