import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findPassphrase } from '../../engine/passphrase.ts';
import { toValueMap, type ValueMap } from '../../engine/values.ts';
import type { Workspace } from '../workspace.ts';
import type { Engine, Interrupt, RunEnd } from './engine.ts';
import { withoutHosts } from './exported-stack.ts';

/** The real Pulumi CLI; it draws its own progress, unless `output` is to be ignored. */
export function pulumiEngine(
  workspace: Workspace,
  version: string,
  output: 'inherit' | 'ignore' = 'inherit',
): Engine {
  const { stack } = workspace;
  const run = async (args: readonly string[], interrupt: Interrupt): Promise<RunEnd> => {
    const env = await environment(workspace);
    const created = await pulumi(workspace, env, ['stack', 'select', '--create', stack]);
    if (created.status !== 0) throw new Error(`pulumi stack select failed:\n${created.output}`);
    const status = await watched(workspace, env, [...args, '--stack', stack], output);
    if (interrupt.stop.aborted) return 'interrupted';
    return status === 0 ? 'done' : 'failed';
  };
  return {
    description: `Pulumi CLI ${version}`,
    hearsInterrupt: true,
    up: (_view, interrupt) =>
      run(['up', '--yes', '--skip-preview', '--continue-on-error'], interrupt),
    preview: (_view, interrupt) => run(['preview', '--diff'], interrupt),
    down: (_view, interrupt) =>
      run(['destroy', '--yes', '--skip-preview', '--continue-on-error'], interrupt),
    outputs: async () => readOutputs(workspace),
    forget: async (hosts) => forgetHosts(workspace, hosts),
  };
}

async function forgetHosts(workspace: Workspace, hosts: readonly string[]): Promise<number> {
  const env = await environment(workspace);
  const folder = await mkdtemp(join(tmpdir(), 'smartstack-'));
  const file = join(folder, 'stack.json');
  const carry = async (verb: 'export' | 'import'): Promise<void> => {
    const args = ['stack', verb, '--file', file, '--stack', workspace.stack];
    const { status, output } = await pulumi(workspace, env, args);
    if (status !== 0) throw new Error(`pulumi stack ${verb} failed:\n${output}`);
  };
  try {
    await carry('export');
    const { text, dropped } = withoutHosts(await readFile(file, 'utf8'), hosts);
    await writeFile(file, text);
    await carry('import');
    return dropped;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readOutputs(workspace: Workspace): Promise<ValueMap> {
  const env = await environment(workspace);
  const args = ['stack', 'output', '--json', '--show-secrets', '--stack', workspace.stack];
  const { status, stdout } = await pulumi(workspace, env, args);
  return status === 0 ? toValueMap(JSON.parse(stdout)) : {};
}

/** Version of the `pulumi` on PATH, such as `v3.248.0`; `undefined` where there is none. */
export async function pulumiVersion(): Promise<string | undefined> {
  const found = await captured('pulumi', ['version'], process.cwd(), process.env).catch(
    () => undefined,
  );
  return found?.status === 0 ? found.stdout.trim() : undefined;
}

/** Where the user has set no backend and no passphrase, both are kept in the clone. */
async function environment(workspace: Workspace): Promise<NodeJS.ProcessEnv> {
  const { env } = process;
  const ownBackend = env.PULUMI_BACKEND_URL === undefined;
  if (ownBackend) await mkdir(workspace.backendPath, { recursive: true, mode: 0o700 });
  return {
    ...env,
    PULUMI_CONFIG_PASSPHRASE: await findPassphrase(env, workspace.passphrasePath),
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    ...(ownBackend ? { PULUMI_BACKEND_URL: pathToFileURL(workspace.backendPath).href } : {}),
  };
}

interface Captured {
  readonly status: number | null;
  readonly stdout: string;
  /** Both streams. */
  readonly output: string;
}

function pulumi(
  { root }: Workspace,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<Captured> {
  return captured('pulumi', [...args, '--non-interactive'], root, env);
}

function captured(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Captured> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, output }));
  });
}

// Ctrl-C reaches the CLI by itself, as part of the terminal's process group; sent once more by
// us, it would make it drop everything.
function watched(
  { root }: Workspace,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  stdio: 'inherit' | 'ignore',
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn('pulumi', args, { cwd: root, env, stdio });
    child.on('error', reject);
    child.on('close', resolve);
  });
}
