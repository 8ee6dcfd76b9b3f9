/** The command line of `npm run integration`. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';

const schema = z.object({
  stack: z.string(),
  set: z.enum(['quick', 'full']),
  only: z.string(),
  skip: z.string().optional(),
  list: z.boolean(),
  keep: z.boolean(),
  random: z.boolean(),
  seed: z.number(),
  minutes: z.number(),
  report: z.string().optional(),
});

export type RunOptions = Readonly<z.output<typeof schema>>;

const anySeed = 2 ** 31;

export function parseOptions(args: readonly string[]): RunOptions {
  const command = new Command('npm run integration --')
    .description('Stands an environment up if there is none, breaks it and watches it heal')
    .option('--stack <name>', 'another stack', 'vagrant')
    .addOption(
      new Option('--set <name>', 'quick: the claims and the fast drills; full: all')
        .choices(['quick', 'full'])
        .default('quick'),
    )
    .option('--only <text>', 'claims and drills whose title contains it', '')
    .option('--skip <text>', 'not those whose title contains it')
    .option('--list', 'tells what there is, and plays nothing', false)
    .option('--keep', 'leaves the environment in place', false)
    .option('--random', 'faults drawn by chance, overlapping, instead', false)
    .option('--seed <number>', 'the same number draws the same faults', wholeNumber)
    .option('--minutes <number>', 'how long to break at random', wholeNumber, 20)
    .option('--report <folder>', 'where the report goes')
    .parse(args);
  const seed = Math.floor(Math.random() * anySeed);
  return schema.parse({ seed, ...command.opts() });
}

/** Whether a title is picked. */
export function picks({ only, skip }: RunOptions, title: string): boolean {
  return title.includes(only) && (skip === undefined || !title.includes(skip));
}

function wholeNumber(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be a whole number');
}
