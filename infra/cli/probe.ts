import { SshClient } from '../ssh/client.ts';
import { SshError, type SshFault } from '../ssh/target.ts';
import type { HostOutput } from '../stack-outputs.ts';
import { quickTarget } from './login.ts';

export type ProbeResult =
  | { readonly name: string; readonly answers: true }
  | {
      readonly name: string;
      readonly answers: false;
      readonly reason: string;
      readonly fault: SshFault | undefined;
    };

/** Logs in on every host at once and runs nothing but `true`. */
export function probeHosts(
  hosts: Readonly<Record<string, HostOutput>>,
): Promise<readonly ProbeResult[]> {
  return Promise.all(Object.entries(hosts).map(([name, host]) => probe(name, host)));
}

async function probe(name: string, host: HostOutput): Promise<ProbeResult> {
  try {
    const client = await SshClient.connect(await quickTarget(host), { signal: neverAborted() });
    try {
      await client.exec('true');
    } finally {
      client.close();
    }
    return { name, answers: true };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      name,
      answers: false,
      reason,
      fault: error instanceof SshError ? error.fault : undefined,
    };
  }
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}
