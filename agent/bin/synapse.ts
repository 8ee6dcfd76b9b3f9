/** The synapse daemon: arguments, wiring, signals. */
import { loadSynapseConfig } from '../config/synapse-file.ts';
import { runDaemonProgram } from '../lib/daemon-program.ts';
import { createEventRing } from '../lib/event-ring.ts';
import { createPrometheus } from '../lib/prometheus.ts';
import { runCommand } from '../lib/run-command.ts';
import { Synapse, type UsableConfig } from '../synapse/daemon.ts';
import { countingLogger } from '../synapse/metrics/counting-logger.ts';
import { createSynapseMetrics } from '../synapse/metrics/create-metrics.ts';
import { families } from '../synapse/metrics/families.ts';
import { ensembleKey } from '../zookeeper/ensembles.ts';
import { createZooKeeperSession } from '../zookeeper/hardened-session.ts';

/** What the API shows of the past. */
const rememberedEvents = 500;

await runDaemonProgram<UsableConfig>({
  name: 'synapse',
  load: async (command) => {
    const loaded = await loadSynapseConfig(command.configPath);
    if (!loaded.ok) return loaded;
    const problems = [...loaded.rejected.values()].flat();
    // A bad service file must not take the host's other services down; a check tells of it all.
    if (command.kind === 'check-config' && problems.length > 0) return { ok: false, problems };
    return { ok: true, config: loaded };
  },
  create: ({ config: loaded, command, clock, logger: journal }) => {
    const { random } = Math;
    const events = createEventRing({ size: rememberedEvents, clock });
    const logger = events.tee(journal);
    const prometheus = createPrometheus(families);
    const metrics = createSynapseMetrics({ clock, random, logger, prometheus });
    const { zk_session_timeout_ms: sessionTimeoutMs } = loaded.config;
    return new Synapse({
      loaded,
      clock,
      logger,
      random,
      runCommand,
      events,
      metrics,
      load: () => loadSynapseConfig(command.configPath),
      createSession: (hosts) =>
        createZooKeeperSession({
          hosts,
          sessionTimeoutMs,
          clock,
          random,
          logger: countingLogger(logger, metrics.count).child({ ensemble: ensembleKey(hosts) }),
        }),
    });
  },
});
