import type { SourceDiscovery } from '../../config/synapse-discovery.ts';
import type { WatcherLink } from './watcher.ts';

/** Whether nerve stands behind what a source says: it has checked the instances. */
export function isVouchedFor(discovery: SourceDiscovery): boolean {
  const isRegistry = discovery.method === 'zookeeper' || discovery.method === 'zookeeper_poll';
  return isRegistry && discovery.decode.method === 'nerve';
}

/** Marks all that is found: it takes traffic once HAProxy's own check has passed. */
export function unvouched<L extends WatcherLink>(link: L): L {
  return {
    ...link,
    onFound: (found) => {
      const instances = found.instances.map((one) => ({ ...one, unvouched: true }));
      link.onFound({ ...found, instances });
    },
  };
}
