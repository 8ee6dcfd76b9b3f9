/** The nerve daemon: arguments, wiring, signals. */
import { loadNerveConfig } from '../config/nerve-file.ts';
import { type RunCommand, runDaemonProgram } from '../lib/daemon-program.ts';
import { createEventRing } from '../lib/event-ring.ts';
import { createPrometheus } from '../lib/prometheus.ts';
import { runCommand } from '../lib/run-command.ts';
import { isBeingRestarted } from '../lib/systemd-job.ts';
import { createRunCheck } from '../nerve/checks/check.ts';
import { Nerve, problemsOf, type UsableConfig } from '../nerve/daemon.ts';
import { runHook } from '../nerve/lifecycle/hook.ts';
import { createNerveMetrics } from '../nerve/metrics/create-metrics.ts';
import { families } from '../nerve/metrics/families.ts';
import { sessionCreator } from '../nerve/sessions.ts';

/** What the API shows of the past. */
const rememberedEvents = 500;

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
  create: ({ config: loaded, command, clock, logger: journal }) => {
    const { random } = Math;
    const events = createEventRing({ size: rememberedEvents, clock });
    const logger = events.tee(journal);
    const prometheus = createPrometheus(families);
    return new Nerve({
      loaded,
      load: () => load(command),
      isBeingRestarted: () => isBeingRestarted({ environment: process.env, runCommand }),
      runCheck: createRunCheck(),
      runHook,
      clock,
      random,
      logger,
      events,
      metrics: createNerveMetrics({ clock, random, logger, prometheus }),
      createSession: sessionCreator({ config: loaded.config, clock, random, logger }),
    });
  },
});
