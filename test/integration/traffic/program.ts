import { join } from 'node:path';
import { build } from 'esbuild';
import { shellQuote } from '../../../infra/components/shell.ts';
import type { GeneratorPlan } from './generator/main.ts';

/** The agent's own Node: every service host has it. */
export const hostsNode = '/opt/smartstack/current/bin/node';

/** What a host runs; its standard input begins with `programInput`, its end ends the traffic. */
export function generatorCommand(node: string): string {
  return `${node} ${flags} --input-type=module -e ${shellQuote(loader)}`;
}

/** Little memory, no helper threads: the hosts have other work. */
const flags = '--single-threaded --max-semi-space-size=2';

// Takes the program from the first line and what it shall do from the second.
const loader = [
  'import { createInterface } from "node:readline";',
  'const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();',
  'const { value: program } = await lines.next();',
  'const { value: plan } = await lines.next();',
  'const { run } = await import("data:text/javascript;base64," + program);',
  'await run(JSON.parse(plan), lines);',
].join(' ');

/** The first two lines of its standard input. */
export async function programInput(plan: GeneratorPlan): Promise<string> {
  const program = Buffer.from(await bundledGenerator()).toString('base64');
  return `${program}\n${JSON.stringify(plan)}\n`;
}

async function bundledGenerator(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'generator/main.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild gave no program to send traffic');
  return file.contents;
}
