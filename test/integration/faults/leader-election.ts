import type { Fault } from './fault.ts';
import { doneAt, now } from './script.ts';

const file = '/etc/smartstack/synapse.conf.json';

/** Not in the catalog: an option that a file of airbnb/synapse may have. */
export function leaderElected(host: string, service: string): Fault {
  const kept = `/run/smartstack-drill-${service}.json`;
  const edit =
    `const fs = require("node:fs"); const config = JSON.parse(fs.readFileSync("${kept}"));` +
    `config.services["${service}"].leader_election = true;` +
    `fs.writeFileSync("${file}", JSON.stringify(config));`;
  return {
    what: `leader election for ${service}`,
    hosts: [host],
    // Its backend has other servers than before, in a file that is written anew.
    reloads: [host],
    break: (inventory) =>
      doneAt(
        inventory,
        host,
        `cp -a ${file} ${kept}; /opt/smartstack/current/bin/node -e '${edit}'; systemctl reload synapse; ${now}`,
      ),
    heal: async ({ hosts }) => {
      await hosts.run(
        host,
        `if test -e ${kept}; then cp -a ${kept} ${file}; rm ${kept}; fi; systemctl reload synapse`,
      );
    },
  };
}
