import { z } from 'zod';
import type { ValueMap } from '../values.ts';
import type { Applied, Executor, StepContext } from './executor.ts';

const strings = z.record(z.string(), z.string());

/** The inputs that local and remote commands share. */
export const commandSchema = z.object({
  create: z.string().optional(),
  update: z.string().optional(),
  delete: z.string().optional(),
  stdin: z.string().optional(),
  environment: strings.optional(),
  logging: z.enum(['stdout', 'stderr', 'stdoutAndStderr', 'none']).default('stdoutAndStderr'),
  addPreviousOutputInEnv: z.boolean().default(true),
});

export type CommandInputs = z.infer<typeof commandSchema>;

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line; throws `CommandError` when it fails. */
export type RunCommand = (
  command: string,
  inputs: ValueMap,
  previous: CommandOutput,
  context: StepContext,
) => Promise<CommandOutput>;

/**
 * The life of a `Command`: an update without `update` runs `create` again; a delete without
 * `delete` does nothing; the previous outputs are at hand for both.
 */
export function commandExecutor(schema: z.ZodType<CommandInputs>, run: RunCommand): Executor {
  const nothing: CommandOutput = { stdout: '', stderr: '' };
  const outputs = (inputs: ValueMap, output: CommandOutput): ValueMap => ({
    ...inputs,
    stdout: output.stdout.replace(/\n$/, ''),
    stderr: output.stderr.replace(/\n$/, ''),
  });
  return {
    computed: ['stdout', 'stderr'],
    prepare: async (inputs) => inputs,
    async create(inputs, context) {
      const { create } = schema.parse(inputs);
      const output = create === undefined ? nothing : await run(create, inputs, nothing, context);
      return outputs(inputs, output);
    },
    async update(before, inputs, context) {
      const previous = outputOf(before);
      const { create, update } = schema.parse(inputs);
      const command = update ?? create;
      if (command === undefined) return outputs(inputs, previous);
      return outputs(inputs, await run(command, inputs, previous, context));
    },
    async remove(before, context) {
      const { delete: command } = schema.parse(before.inputs);
      if (command !== undefined) await run(command, before.inputs, outputOf(before), context);
    },
  };
}

function outputOf({ outputs }: Applied): CommandOutput {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { stdout: text(outputs.stdout), stderr: text(outputs.stderr) };
}

/** The variables by which the provider hands earlier output on. */
export function previousOutput(
  inputs: CommandInputs,
  previous: CommandOutput,
): Record<string, string> {
  if (!inputs.addPreviousOutputInEnv) return {};
  return {
    ...(previous.stdout === '' ? {} : { PULUMI_COMMAND_STDOUT: previous.stdout }),
    ...(previous.stderr === '' ? {} : { PULUMI_COMMAND_STDERR: previous.stderr }),
  };
}

/** Splits a stream of chunks into lines for the log, as far as `logging` wants that stream. */
export function lineLogger(
  inputs: CommandInputs,
  onLine: (line: string) => void,
): { write(stream: 'stdout' | 'stderr', chunk: string): void; end(): void } {
  const rest = { stdout: '', stderr: '' };
  const wants = (stream: 'stdout' | 'stderr'): boolean =>
    inputs.logging === 'stdoutAndStderr' || inputs.logging === stream;
  return {
    write(stream, chunk) {
      if (!wants(stream)) return;
      const lines = (rest[stream] + chunk).split(/\r?\n/);
      rest[stream] = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    end() {
      for (const line of [rest.stdout, rest.stderr]) if (line !== '') onLine(line);
    },
  };
}
