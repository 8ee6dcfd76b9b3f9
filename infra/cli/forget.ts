import { parseOutputs } from '../stack-outputs.ts';
import type { CommandTools } from './commands.ts';
import type { Engine } from './engines/engine.ts';
import { type ProbeResult, probeHosts } from './probe.ts';

export interface ForgetTools extends Pick<CommandTools, 'print'> {
  readonly engine: Pick<Engine, 'outputs' | 'forget'>;
}

/**
 * Drops hosts that will never answer again from what the stack knows, for the `up` that follows:
 * what stood there cannot be undone any more. Throws for a host that is not there, one that answers
 * (it would go on registering its instances), and one that goes with its machine by itself.
 */
export async function forget(
  hosts: readonly string[],
  { engine, print }: ForgetTools,
): Promise<void> {
  const outputs = parseOutputs(await engine.outputs());
  const known = outputs?.hosts ?? {};
  const named = hosts.map((name) => {
    const host = known[name];
    if (host === undefined) {
      throw new Error(`--forget ${name}: no such host; there is ${Object.keys(known).join(', ')}`);
    }
    return [name, host] as const;
  });
  if (outputs !== undefined && outputs.target !== 'hosts') {
    throw new Error(
      '--forget is for machines that exist. Those that the stack made are gone with their ' +
        'entry in the catalog, whether they answer or not.',
    );
  }
  const alive = (await probeHosts(Object.fromEntries(named))).find(isAlive);
  if (alive !== undefined) {
    throw new Error(
      `--forget ${alive.name}: it answers. Take it out of the catalog and run \`up\` without ` +
        'this option: that takes it off the host too.',
    );
  }
  const dropped = await engine.forget(hosts);
  print(`Forgotten: ${hosts.join(', ')}, ${dropped} resources. Nothing was undone there.`);
}

/** Another machine at its address, by its host key, is not it. */
function isAlive(probe: ProbeResult): boolean {
  return probe.answers || !(probe.fault === 'unreachable' || probe.fault === 'host-key');
}
