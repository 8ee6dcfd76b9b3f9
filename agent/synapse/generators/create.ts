/** Which generators a configuration asks for, each with its options. */
import type { SynapseConfig } from '../../config/synapse.ts';
import type { GeneratorEnvironment } from './environment.ts';
import { createFileOutput } from './file-output.ts';
import type { Generator } from './generator.ts';
import { createNginx } from './nginx/nginx.ts';
import { createTemplate } from './template/template.ts';

export interface NamedOptions {
  readonly name: string;
  readonly options: object;
  /** Starts nothing. */
  readonly create: () => Generator;
}

export function createGenerators(
  { file_output, nginx, template }: SynapseConfig,
  environment: GeneratorEnvironment,
): readonly NamedOptions[] {
  const templates = Object.entries(template).map(([name, options]) => ({
    name: `template ${name}`,
    options,
    create: () => createTemplate(name, options, environment),
  }));
  return [
    ...(file_output === undefined
      ? []
      : [
          {
            name: 'file_output',
            options: file_output,
            create: () => createFileOutput(file_output),
          },
        ]),
    ...(nginx === undefined
      ? []
      : [{ name: 'nginx', options: nginx, create: () => createNginx(nginx, environment) }]),
    ...templates,
  ];
}
