/** A large environment: what a preview computes before anybody is asked about anything. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectFolder } from '../../infra/project.ts';
import { startNode } from '../support/daemon-process.ts';
import { atMost, type Benchmark } from './support/benchmark.ts';
import type { Lab } from './support/lab.ts';

const members = 3;
const hosts = 200;
const services = 300;
const instances = 5;

const projectSchema = z.object({
  runtime: z.object({ options: z.object({ nodeargs: z.string() }) }),
});

const resultSchema = z.object({ resources: z.number(), peakMib: z.number() });

export const preview: Benchmark = {
  name: 'infra: preview',
  run: async (lab) => {
    const files = await writeEnvironment(lab);
    const program = fileURLToPath(new URL('support/preview-program.ts', import.meta.url));
    const nodeArgs = await nodeArgsOfProject();
    const startMs = performance.now();
    const run = startNode([...nodeArgs, program, ...files]);
    const code = await run.exited;
    const tookMs = performance.now() - startMs;
    if (code !== 0) throw new Error(`the program failed: ${run.output}`);
    const { resources, peakMib } = resultSchema.parse(JSON.parse(run.output));
    const what = `infra: preview of ${hosts} hosts × ${services} services`;
    return [
      {
        name: `${what}, ${resources} resources`,
        unit: 'ms',
        measured: { median: tookMs },
        limits: { median: atMost(10_000) },
      },
      {
        name: `${what}, memory`,
        unit: 'MiB',
        measured: { median: peakMib },
        limits: { median: atMost(500) },
      },
    ];
  },
};

/** With which Pulumi runs the program. */
async function nodeArgsOfProject(): Promise<readonly string[]> {
  const text = await readFile(join(projectFolder, 'Pulumi.yaml'), 'utf8');
  return projectSchema.parse(parse(text)).runtime.options.nodeargs.split(' ');
}

/** Catalog and configuration of a stack, as files. */
async function writeEnvironment({ folder }: Lab): Promise<readonly [string, string]> {
  const home = await mkdtemp(join(folder, 'preview-'));
  const privateKey = join(home, 'key');
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', privateKey]);
  const names = Array.from({ length: hosts }, (_, index) => `host_${index + 1}`);
  const hostKey =
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIjfIlEBOUrubCKQSzMe7Dl0mcmbuDizML6QFf1rGA9U';
  const machine = { privateKey, hostKey };
  const machines = names.map((name, index) => [
    name,
    { ...machine, address: `10.0.0.${index + 1}` },
  ]);
  const config = {
    'smartstack:target': 'hosts',
    'smartstack:hosts': JSON.stringify(Object.fromEntries(machines)),
  };
  const files = [join(home, 'catalog.json'), join(home, 'config.json')] as const;
  await writeFile(files[0], JSON.stringify(largeCatalog(names)));
  await writeFile(files[1], JSON.stringify(config));
  return files;
}

/** Each service runs on a few hosts, and all of them may call it. */
function largeCatalog(names: readonly string[]): object {
  const role = (index: number): string => (index < members ? 'zookeeper' : 'service');
  const runners = names.slice(members);
  const run = { command: '/usr/bin/true' };
  const service = (_: unknown, index: number) => {
    const on = Array.from(
      { length: instances },
      (_, one) => runners[(index + one * 37) % runners.length],
    );
    return [`service_${index}`, { port: 9_000 + index, localPort: 4_000 + index, on, run }];
  };
  return {
    environment: 'large',
    ensemble: { size: members },
    hosts: Object.fromEntries(
      names.map((name, index) => [name, { id: index + 1, roles: [role(index)] }]),
    ),
    services: Object.fromEntries(Array.from({ length: services }, service)),
  };
}
