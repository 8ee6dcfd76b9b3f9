/** `nginx`: a proxy beside HAProxy or in its place, reloaded when its text changed. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { NginxOptions } from '../../../config/synapse-generators.ts';
import type { GeneratorEnvironment } from '../environment.ts';
import type { GeneratedService, Generator, GeneratorPass } from '../generator.ts';
import { PublishedFile } from '../published-file.ts';
import { renderNginx } from './render.ts';

const startDeadlineMs = 10_000;
/** The user's lines may hold secrets. */
const mode = 0o640;

export function createNginx(options: NginxOptions, environment: GeneratorEnvironment): Generator {
  const { resolver, logger, runCommand } = environment;
  const file = options.do_writes ? fileOf(options, environment) : undefined;
  const seed = createHash('sha256').update(hostname()).digest('hex');
  let mayBeDown = true;

  /** As in the original: it may run already, which the command finds out. */
  const start = async (): Promise<void> => {
    const command = options.do_reloads ? options.start_command : undefined;
    if (command === undefined || !mayBeDown) return;
    mayBeDown = false;
    const { exitCode, output } = await runCommand('/bin/sh', ['-c', command], startDeadlineMs);
    const shown = output.trim().slice(0, 1_000);
    if (exitCode !== 0) logger.info('nginx-start-refused', { exitCode, output: shown });
  };

  return {
    name: 'nginx',
    pass: async (services) => {
      await resolver.prepare(services.flatMap(({ instances }) => instances.map(hostOf)));
      const held = (await file?.held(services)) ?? [];
      if (held.length > 0) return { ...current, waitingFor: `instances of ${held.join(', ')}` };
      const { addressOf } = resolver;
      const { text, rejected } = renderNginx(options, services, { addressOf, seed });
      try {
        if (file === undefined) await start();
        if (file === undefined) return { ...current, rejected };
        const outcome = await file.publish(text, services, start);
        if (outcome.kind !== 'paced') return { ...current, rejected };
        return { againInMs: outcome.waitMs, waitingFor: 'its next reload', rejected };
      } catch (error) {
        mayBeDown = true;
        throw error;
      }
    },
  };
}

const current: GeneratorPass = { againInMs: undefined, waitingFor: undefined, rejected: [] };

function hostOf({ host }: GeneratedService['instances'][number]): string {
  return host;
}

function fileOf(options: NginxOptions, environment: GeneratorEnvironment): PublishedFile {
  const { config_file_path: path = '', candidate_config_file_path, do_reloads } = options;
  return new PublishedFile({
    ...environment,
    path,
    candidatePath: candidate_config_file_path ?? `${path}.tmp`,
    mode,
    check: options.check_command,
    apply: do_reloads ? options.reload_command : undefined,
    restart_interval: options.restart_interval,
    restart_jitter: options.restart_jitter,
  });
}
