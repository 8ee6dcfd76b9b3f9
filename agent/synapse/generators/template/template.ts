/** `template` (ours): the services in a file of the user's own making. */
import { readFile } from 'node:fs/promises';
import type { TemplateOptions } from '../../../config/synapse-generators.ts';
import type { GeneratorEnvironment } from '../environment.ts';
import type { Generator, GeneratorPass } from '../generator.ts';
import { PublishedFile } from '../published-file.ts';
import { buildView } from './view.ts';

export function createTemplate(
  name: string,
  options: TemplateOptions,
  environment: GeneratorEnvironment,
): Generator {
  const { resolver } = environment;
  const file = fileOf(options, environment);
  return {
    name: `template ${name}`,
    pass: async (all) => {
      const services = all.filter(({ config }) => !config.template.disabled);
      await resolver.prepare(all.flatMap(({ instances }) => instances.map(({ host }) => host)));
      const held = await file.held(services);
      if (held.length > 0) return { ...current, waitingFor: `instances of ${held.join(', ')}` };
      const template = await readFile(options.template_path, 'utf8');
      const { renderTemplate } = await import('./render-template.ts');
      const view = buildView(services, resolver.addressOf);
      const text = renderTemplate(template, view, options.escape);
      const outcome = await file.publish(text, services);
      if (outcome.kind !== 'paced') return current;
      return { ...current, againInMs: outcome.waitMs, waitingFor: 'its next turn' };
    },
  };
}

const current: GeneratorPass = { againInMs: undefined, waitingFor: undefined, rejected: [] };

function fileOf(options: TemplateOptions, environment: GeneratorEnvironment): PublishedFile {
  const { output_path: path, mode, check_command, apply_command } = options;
  return new PublishedFile({
    ...environment,
    path,
    candidatePath: `${path}.tmp`,
    mode: Number.parseInt(mode, 8),
    check: check_command,
    apply: apply_command,
    restart_interval: options.restart_interval,
    restart_jitter: options.restart_jitter,
  });
}
