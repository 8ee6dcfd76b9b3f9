/**
 * The AWS API as moto speaks it: https://docs.getmoto.org. Brought into a Python environment of its
 * own, once for all runs.
 */
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from '../../infra/prerequisites/command.ts';
import { ensurePackages } from '../../infra/prerequisites/packages.ts';
import { findProgram } from '../../infra/prerequisites/programs.ts';
import { stateFolder } from '../../infra/project.ts';
import { freePorts } from './free-ports.ts';
import { type ServerProcess, startServer } from './server-process.ts';

const version = '5.2.5';
const folder = join(stateFolder, 'cache', `moto-${version}`);

export interface TestAws extends ServerProcess {
  readonly url: string;
}

/** Knows any credentials, and starts empty. */
export async function startAws(): Promise<TestAws> {
  await ensureMoto();
  const [port = 0] = await freePorts(1);
  const server = await startServer({
    command: [join(folder, 'bin/python'), '-m', 'moto.server', '-H', '127.0.0.1', '-p', `${port}`],
    port,
  });
  return { ...server, url: `http://127.0.0.1:${port}` };
}

async function ensureMoto(): Promise<void> {
  if (await exists(folder)) return;
  const python = (await findProgram('python3')) ?? '/usr/bin/python3';
  if (!(await hasVenv(python))) {
    await ensurePackages(['python3', 'python3-venv'], 'for the AWS API of the tests');
  }
  const scratch = await mkdtemp(join(dirname(folder), 'moto-making-'));
  try {
    await runCommand(python, ['-m', 'venv', scratch]);
    const pip = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check'];
    await runCommand(join(scratch, 'bin/python'), [...pip, `moto[ec2,s3,server]==${version}`]);
    // Another run may have been faster.
    await rename(scratch, folder);
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    if (!(await exists(folder))) throw error;
  }
}

async function hasVenv(python: string): Promise<boolean> {
  return await runCommand(python, ['-c', 'import venv, ensurepip']).then(
    () => true,
    () => false,
  );
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
