import { createInterface } from 'node:readline/promises';
import { keptPrerequisites, removePrerequisites } from '../targets/vagrant/remove.ts';
import { type CommandTools, takeDown } from './commands.ts';

export interface DownOptions {
  /** Also what was brought to this machine for every stack. */
  readonly all: boolean;
  /** Ask nothing. */
  readonly yes: boolean;
}

/** Takes the environment away; resolves to the exit status. */
export async function down(tools: CommandTools, { all, yes }: DownOptions): Promise<number> {
  if (!yes && !(await agreed(tools))) return 1;
  const status = await takeDown(tools);
  if (status !== 0) return status;
  if (all) for (const thing of await removePrerequisites()) tools.print(`Removed ${thing}.`);
  else await nameKept(tools);
  return 0;
}

// Boxes are made to come and go; machines that are somebody's own are worth a question.
async function agreed({ engine, stack, style, print }: CommandTools): Promise<boolean> {
  const { target } = await engine.outputs();
  if (target === undefined || target === 'vagrant' || !process.stdin.isTTY) return true;
  const { stdin: input, stdout: output } = process;
  const terminal = createInterface({ input, output });
  const question = `This takes everything of stack ${stack} off its ${target}. Go on? [y/N] `;
  const answer = await terminal.question(style.yellow(question)).finally(() => terminal.close());
  if (/^y(es)?$/i.test(answer.trim())) return true;
  print('Nothing was changed.');
  return false;
}

async function nameKept({ print, style }: CommandTools): Promise<void> {
  const { boxes, packages, caches } = await keptPrerequisites();
  const kept = [
    ...boxes.map((box) => `the golden box ${box}`),
    ...(packages.length === 0 ? [] : [packagesInWords(packages)]),
    ...caches.map((folder) => `what was downloaded and built, in ${folder}`),
  ];
  if (kept.length === 0) return;
  print(`\n${style.bold('Kept for the next time')} (\`npm run down -- --all\` removes it):`);
  for (const thing of kept) print(`  ${thing}`);
}

function packagesInWords(packages: readonly string[]): string {
  return `${packages.length} packages that apt brought: ${packages.join(' ')}`;
}
