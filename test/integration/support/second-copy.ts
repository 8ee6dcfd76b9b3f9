/** Instances that somebody starts by hand, beside what the catalog runs. */
import type { Hosts } from './hosts.ts';

export interface Copy {
  /** Of a service that the host runs by the catalog, whose program this is. */
  readonly service: string;
  readonly port: number;
  /** How it calls itself in its answers. */
  readonly id: string;
}

/** Resolves to what ends it. */
export async function startCopy(
  hosts: Hosts,
  host: string,
  { service, port, id }: Copy,
): Promise<() => Promise<void>> {
  const unit = `smartstack-drill-${port}`;
  const variables = `-E PORT=${port} -E SERVICE=${service} -E INSTANCE_ID=${id}`;
  const program = `/opt/smartstack/current/bin/node /srv/smartstack/${service}/${fileOf(service)}`;
  await hosts.run(
    host,
    `systemd-run -q --collect --unit=${unit} --uid=smartstack ${variables} ${program}`,
  );
  return async () => {
    await hosts.run(host, `systemctl stop ${unit}`);
  };
}

function fileOf(service: string): string {
  return `${service.replaceAll('_', '-')}.ts`;
}
