import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import { type CommandTools, preview, status, up } from './commands.ts';
import { down } from './down.ts';
import { chooseEngine, type EngineName, engineNames } from './engines/choose.ts';
import { noteInterrupt, onInterrupt } from './interrupt.ts';
import { createView } from './progress/console-view.ts';
import { createStyle, wantsColours } from './progress/style.ts';
import { openWorkspace, requireConfigured, type Workspace } from './workspace.ts';

interface CommonOptions {
  readonly stack: string;
  readonly engine?: EngineName;
  readonly project?: string;
}

const program = new Command('smartstack')
  .description('Stands a SmartStack environment up, from the catalog in infra/catalog.ts.')
  .showHelpAfterError();

common('up', 'stand the environment up, or change what the catalog changed').action((options) =>
  run(options, up, requireConfigured),
);
common('preview', 'what `up` would change, host by host, file by file').action((options) =>
  run(options, preview, requireConfigured),
);
common('status', 'hosts, ensemble, services, instances, proxies')
  .option('--json', 'for programs', false)
  .action((options) => run(options, (tools) => status(tools, options)));
common('down', 'take the environment away')
  .option('--all', 'also the golden box and the packages that were brought for it', false)
  .option('--yes', 'ask nothing', false)
  .action((options) => run(options, (tools) => down(tools, options)));

await program.parseAsync();

function common(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--stack <name>', 'which environment', 'vagrant')
    .addOption(
      new Option('--engine <name>', 'instead of the Pulumi CLI where there is one')
        .choices([...engineNames])
        .env('SMARTSTACK_ENGINE'),
    )
    .addOption(new Option('--project <directory>', 'another Pulumi project').hideHelp());
}

async function run(
  options: CommonOptions,
  command: (tools: CommandTools) => Promise<number>,
  check: (workspace: Workspace) => Promise<void> = async () => {},
): Promise<void> {
  const { stdout, env } = process;
  const style = createStyle(wantsColours(stdout, env));
  const view = createView({ stdout, env });
  const print = (line: string): void => {
    stdout.write(`${line}\n`);
  };
  try {
    const workspace = await openWorkspace(options.stack, options.project);
    await check(workspace);
    const engine = await chooseEngine(workspace, options.engine);
    const interrupt = engine.hearsInterrupt
      ? noteInterrupt()
      : onInterrupt((line) => view.note(line));
    const { stack } = options;
    const folder = dirname(workspace.statePath);
    process.exitCode = await command({ engine, stack, folder, view, interrupt, style, print });
  } catch (error) {
    console.error(style.red(error instanceof Error ? error.message : String(error)));
    process.exitCode = 1;
  }
}
