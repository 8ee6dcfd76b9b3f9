/** The nerve daemon: arguments, wiring, signals. */
import { loadNerveConfig } from '../config/nerve-file.ts';
import { type RunCommand, runDaemonProgram } from '../lib/daemon-program.ts';
import { runCheck } from '../nerve/checks/check.ts';
import { Nerve, problemsOf, type UsableConfig } from '../nerve/daemon.ts';
import { createZooKeeperSession } from '../zookeeper/hardened-session.ts';

const load = ({ configPath: path, instanceId }: RunCommand) =>
  loadNerveConfig({ path, instanceId });

await runDaemonProgram<UsableConfig>({
  name: 'nerve',
  load: async (command) => {
    const loaded = await load(command);
    const problems = problemsOf(loaded);
    // A bad service file must not take the host's other services down; a check tells of it all.
    if (!loaded.ok || (command.kind === 'check-config' && problems.length > 0)) {
      return { ok: false, problems };
    }
    return { ok: true, config: loaded };
  },
  create: ({ config: loaded, command, clock, logger }) =>
    new Nerve({
      loaded,
      load: () => load(command),
      runCheck,
      clock,
      random: Math.random,
      logger,
      createSession: (hosts) =>
        createZooKeeperSession({
          hosts,
          sessionTimeoutMs: loaded.config.zk_session_timeout_ms,
          clock,
          random: Math.random,
          logger,
        }),
    }),
});
