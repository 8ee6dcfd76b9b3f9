/**
 * Traffic from the hosts of a stack, each request recorded.
 *
 *   plan ─► a program for each host ─ssh─► sends at its rate, never waiting ─► 127.0.0.1:port
 *                                    ◄──── each second: what ended, and the host's clock
 *
 * Nothing is written on the hosts, and a host lost in the middle keeps what it told before.
 */
import { quickTarget } from '../../../infra/cli/login.ts';
import { SshClient } from '../../../infra/ssh/client.ts';
import type { StackOutputs } from '../../../infra/stack-outputs.ts';
import { HostTraffic } from './host-traffic.ts';
import { generatorCommand, hostsNode, programInput } from './program.ts';
import type { Flow, TrafficPlan, TrafficRecorder } from './record.ts';

export interface RecorderOptions {
  readonly connect: (host: string, signal: AbortSignal) => Promise<SshClient>;
  /** The Node of the hosts. */
  readonly node: string;
}

const frameMs = 1_000;
/** Longer than any pause of ours: a host that hears nothing for so long is alone. */
const silenceMs = 20_000;

/** Resolves once all hosts of the plan send; rejects, leaving none sending, where one cannot. */
export function startTraffic(outputs: StackOutputs, plan: TrafficPlan): Promise<TrafficRecorder> {
  const connect = async (name: string, signal: AbortSignal): Promise<SshClient> => {
    const host = outputs.hosts[name];
    if (host === undefined) throw new Error(`the stack has no host "${name}"`);
    return SshClient.connect(await quickTarget(host), { signal });
  };
  return startTrafficOver({ connect, node: hostsNode }, plan);
}

/** The same over other connections. */
export async function startTrafficOver(
  options: RecorderOptions,
  plan: TrafficPlan,
): Promise<TrafficRecorder> {
  const hosts = await Promise.all(
    [...Map.groupBy(plan, ({ host }) => host)].map(([host, flows]) =>
      hostTraffic(options, host, flows),
    ),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(hosts.map((host) => host.stop()));
  };
  const started = await Promise.allSettled(hosts.map((host) => host.start()));
  const failed = started.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') {
    await stop();
    throw failed.reason;
  }
  return recorderOf(hosts, stop);
}

async function hostTraffic(
  { connect, node }: RecorderOptions,
  host: string,
  flows: readonly Flow[],
): Promise<HostTraffic> {
  const wanted = flows.map(({ kind, localPort: port, path, perSecond, giveUpMs }) => ({
    ...{ kind, port, path, perSecond, giveUpMs },
  }));
  const input = await programInput({ flows: wanted, frameMs, silenceMs });
  const program = { command: generatorCommand(node), input };
  return new HostTraffic({ host, flows, program, connect: (signal) => connect(host, signal) });
}

function recorderOf(hosts: readonly HostTraffic[], stop: () => Promise<void>): TrafficRecorder {
  const records = () => hosts.flatMap((host) => host.records);
  const gaps = () => hosts.flatMap((host) => host.gaps);
  return {
    records,
    gaps,
    lost: () =>
      gaps()
        .filter(({ toAtMs }) => toAtMs === undefined)
        .map(({ host, why }) => `${host}: ${why}`),
    live: () => ({
      sent: hosts.reduce((sum, { live }) => sum + live.sent, 0),
      failed: hosts.reduce((sum, { live }) => sum + live.failed, 0),
    }),
    stop: async () => {
      await stop();
      return records().toSorted((left, right) => left.atMs - right.atMs);
    },
  };
}
