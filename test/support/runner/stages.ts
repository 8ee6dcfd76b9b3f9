import { spawn } from 'node:child_process';
import type { Counts } from './counts.ts';
import { mochaCounts } from './mocha-counts.ts';
import { newerHaproxy } from './newer-haproxy.ts';

export interface Stage {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Reads the counts from what it printed and its exit status. */
  readonly count: (output: string, status: number | null) => Counts;
  /** Needs Java, HAProxy and the like on this machine. */
  readonly needsPrograms: boolean;
  /** Resolves to a folder of programs that come before the system's. */
  readonly programs?: () => Promise<string>;
}

export const stages: readonly Stage[] = [
  check('lint', ['biome', 'check', '--error-on-warnings', '.']),
  check('types', ['tsc', '--noEmit', '-p', '.']),
  mocha('unit', 'test/unit/**/*.test.ts', false),
  mocha('component', 'test/component/**/*.test.ts', true),
  {
    ...mocha('haproxy3', 'test/component/agent/synapse/*.test.ts', true),
    programs: newerHaproxy,
  },
  mocha('infra', 'test/infra/**/*.test.ts', true),
];

function check(name: string, command: Stage['command']): Stage {
  const count = (_output: string, status: number | null): Counts => ({
    passed: status === 0 ? 1 : 0,
    failures: status === 0 ? [] : [command.join(' ')],
    skipped: 0,
  });
  return { name, command, count, needsPrograms: false };
}

function mocha(name: string, files: string, needsPrograms: boolean): Stage {
  return { name, command: ['mocha', files], count: mochaCounts, needsPrograms };
}

/** Runs a stage, showing its output as it comes; skips it where its programs cannot be had. */
export async function runStage(stage: Stage): Promise<Counts> {
  if (stage.programs === undefined) return await run(stage, process.env);
  let folder: string;
  try {
    folder = await stage.programs();
  } catch (error) {
    console.log(`  skipped: ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failures: [], skipped: 1 };
  }
  return await run(stage, { ...process.env, PATH: `${folder}:${process.env.PATH}` });
}

async function run({ command, count }: Stage, environment: NodeJS.ProcessEnv): Promise<Counts> {
  const [program, ...args] = command;
  const colours = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...environment, ...colours },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    process.stdout.write(chunk);
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return count(output, status);
}
