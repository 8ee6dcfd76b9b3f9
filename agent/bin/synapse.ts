/** The synapse daemon: arguments, wiring, signals. */
import { loadSynapseConfig } from '../config/synapse-file.ts';
import { runDaemonProgram } from '../lib/daemon-program.ts';
import { runCommand } from '../lib/run-command.ts';
import { Synapse } from '../synapse/daemon.ts';
import { createZooKeeperSession } from '../zookeeper/hardened-session.ts';

await runDaemonProgram({
  name: 'synapse',
  load: ({ configPath }) => loadSynapseConfig(configPath),
  create: ({ config, command, clock, logger }) =>
    new Synapse({
      config,
      clock,
      logger,
      random: Math.random,
      runCommand,
      load: () => loadSynapseConfig(command.configPath),
      createSession: (hosts) =>
        createZooKeeperSession({
          hosts,
          sessionTimeoutMs: config.zk_session_timeout_ms,
          ...(config.zk_digest_auth && {
            auth: { scheme: 'digest', credentials: config.zk_digest_auth },
          }),
          clock,
          random: Math.random,
          logger,
        }),
    }),
});
