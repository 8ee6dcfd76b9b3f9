import type { CustomResourceOptions, Resource } from '@pulumi/pulumi';
import type { RelayFiles } from '../render/zookeeper-tls.ts';
import type { Host } from '../targets/host.ts';
import type { HostTls } from './certificate-authority.ts';
import { daemon } from './daemon.ts';
import { hostFile } from './host-file.ts';
import { ingredientCertificate, ingredientFile } from './ingredients.ts';

/** One end of TLS to ZooKeeper. What changes takes a reload: connections that are there stay. */
export function relay(
  host: Host,
  { name, unit, config }: RelayFiles,
  tls: HostTls,
  options: CustomResourceOptions,
): Resource {
  const ingredients = [ingredientFile('restart', unit), ingredientFile('reload', config)];
  const late = ingredientCertificate('reload', tls);
  const written = [unit, config].map((file) => hostFile(host, file, options));
  const check = `/usr/sbin/haproxy -q -c -f ${config.path}`;
  return daemon(host, { unit: name, ingredients, late, written, check }, options);
}
