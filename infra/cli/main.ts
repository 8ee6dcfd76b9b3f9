import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import { type CommandTools, preview, status, up } from './commands.ts';
import { down } from './down.ts';
import { chooseEngine, type EngineName, engineNames } from './engines/choose.ts';
import { forget } from './forget.ts';
import { drawGraph } from './graph.ts';
import { noteInterrupt, onInterrupt } from './interrupt.ts';
import { createView } from './progress/console-view.ts';
import { createStyle, wantsColours } from './progress/style.ts';
import { openWorkspace, requireConfigured, type Workspace } from './workspace.ts';

interface StackOptions {
  readonly stack: string;
  readonly project?: string;
}

interface CommonOptions extends StackOptions {
  readonly engine?: EngineName;
}

const style = createStyle(wantsColours(process.stdout, process.env));
const program = new Command('smartstack')
  .description('Stands a SmartStack environment up, from the catalog in infra/catalog.ts.')
  .showHelpAfterError();

common('up', 'stand the environment up, or change what the catalog changed')
  .option('--forget <host...>', 'first, hosts that will never answer again: undo nothing there')
  .action((options: CommonOptions & { readonly forget?: readonly string[] }) =>
    run(
      options,
      async (tools) => {
        if (options.forget !== undefined) await forget(options.forget, tools);
        return await up(tools);
      },
      requireConfigured,
    ),
  );
common('preview', 'what `up` would change, host by host, file by file').action((options) =>
  run(options, preview, requireConfigured),
);
common('status', 'hosts, ensemble, services, instances, proxies')
  .option('--json', 'for programs', false)
  .action((options) => run(options, (tools) => status(tools, options)));
ofStack('graph', 'draw who calls whom, by the catalog')
  .option('--out <file>', 'where to; by default in .smartstack/<stack>')
  .action((options: StackOptions & { readonly out?: string }) =>
    reporting(async () => {
      const workspace = await openWorkspace(options.stack, options.project);
      await requireConfigured(workspace);
      console.log(`Drawn: ${await drawGraph(workspace, options.out)}`);
      return 0;
    }),
  );
common('down', 'take the environment away')
  .option('--all', 'also the golden box and the packages that were brought for it', false)
  .option('--yes', 'ask nothing', false)
  .action((options) => run(options, (tools) => down(tools, options)));

await program.parseAsync();

function common(name: string, description: string): Command {
  return ofStack(name, description).addOption(
    new Option('--engine <name>', 'instead of the Pulumi CLI where there is one')
      .choices([...engineNames])
      .env('SMARTSTACK_ENGINE'),
  );
}

function ofStack(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--stack <name>', 'which environment', 'vagrant')
    .addOption(new Option('--project <directory>', 'another Pulumi project').hideHelp());
}

async function run(
  options: CommonOptions,
  command: (tools: CommandTools) => Promise<number>,
  check: (workspace: Workspace) => Promise<void> = async () => {},
): Promise<void> {
  const { stdout, env } = process;
  const view = createView({ stdout, env });
  const print = (line: string): void => {
    stdout.write(`${line}\n`);
  };
  await reporting(async () => {
    const workspace = await openWorkspace(options.stack, options.project);
    await check(workspace);
    const engine = await chooseEngine(workspace, options.engine);
    const interrupt = engine.hearsInterrupt
      ? noteInterrupt()
      : onInterrupt((line) => view.note(line));
    const { stack } = options;
    const folder = dirname(workspace.statePath);
    return await command({ engine, stack, folder, view, interrupt, style, print });
  });
}

/** Sets the exit status to what `work` resolves to; a fault is shown as it is. */
async function reporting(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    console.error(style.red(error instanceof Error ? error.message : String(error)));
    process.exitCode = 1;
  }
}
