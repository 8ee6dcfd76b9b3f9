/** Faults on a host, each with its end: call that in `finally`. */
import type { Hosts } from './hosts.ts';

export interface Fault {
  /** Ends it; may be called again. */
  heal(): Promise<void>;
}

/** Stops a unit's processes where they are: they neither work nor say good-bye. */
export async function freeze(hosts: Hosts, host: string, unit: string): Promise<Fault> {
  await hosts.run(host, `systemctl kill -s STOP ${unit}`);
  return {
    heal: async () => {
      await hosts.run(host, `systemctl kill -s CONT ${unit}`);
    },
  };
}

/** Kills an instance that the catalog runs, and lets it die again at each start. */
export async function keepDead(hosts: Hosts, host: string, service: string): Promise<Fault> {
  const folder = `/srv/smartstack/${service}`;
  await hosts.run(host, `mv ${folder} ${folder}.away; systemctl kill -s KILL ${service}`);
  return {
    heal: async () => {
      await hosts.run(host, `! test -e ${folder}.away || mv ${folder}.away ${folder}`);
    },
  };
}

/** Stops a unit on several hosts, none of which starts it again. */
export async function stopAll(
  hosts: Hosts,
  names: readonly string[],
  unit: string,
): Promise<Fault> {
  const all = async (verb: 'stop' | 'start'): Promise<void> => {
    await Promise.all(names.map((host) => hosts.run(host, `systemctl ${verb} ${unit}`)));
  };
  await all('stop');
  return { heal: () => all('start') };
}
