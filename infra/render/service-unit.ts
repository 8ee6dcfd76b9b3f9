/** The systemd unit of a catalog service that is run by us. */
import { programOf } from '../catalog/queries.ts';
import type { Run, Service } from '../catalog/schema.ts';
import type { RenderedFile } from './file.ts';
import { paths } from './paths.ts';
import { unitFile } from './units.ts';

/** Its own folder, where it stands in the environment, and a word to nerve at start and end. */
export function serviceUnit(
  name: string,
  host: string,
  { port, tls }: Pick<Service, 'port' | 'tls'>,
  run: Run,
): RenderedFile {
  const environment = { ...run.environment, PORT: `${port}`, SERVICE: name, INSTANCE_ID: host };
  return unitFile(name, {
    description: `${name} of the catalog`,
    // Stopped in the reverse order: when the host goes down, instances leave the registry first, and
    // what brings requests over TLS is there until the last one has its answer.
    unit: ['Before=nerve.service', ...(tls === false ? [] : ['After=haproxy.service'])],
    service: [
      'Type=exec',
      ...Object.entries(environment).map(([key, value]) => `Environment=${quote(key, value)}`),
      `WorkingDirectory=${serviceFolder(name)}`,
      `ExecStart=${started(name, run)}`,
      `ExecStartPost=${checkNow(name)}`,
      // Runs however the service ended, a kill -9 included.
      `ExecStopPost=${checkNow(name)}`,
    ],
  });
}

export function serviceFolder(name: string): string {
  return `${paths.services}/${name}`;
}

/** systemd takes no program relative to the folder that it starts it in. */
function started(name: string, run: Run): string {
  const { path, file } = programOf(run);
  if (file === undefined) return run.command;
  return run.command.replace(path, () => `${serviceFolder(name)}/${file}`);
}

/** Without nerve it fails at once, with one that hangs after a second; neither is a fault here. */
function checkNow(name: string): string {
  const ask = `/usr/bin/curl -s -o /dev/null -m 1 --unix-socket ${paths.nerveSocket}`;
  return `-${ask} -X POST http://nerve/services/${name}/check`;
}

/** Quoted as systemd.syntax(7) wants it; `%` starts a specifier there. */
function quote(key: string, value: string): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%');
  return `"${key}=${escaped}"`;
}
