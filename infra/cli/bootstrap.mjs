// Runs a TypeScript entry point of this project on a bare clone.
//
//   node infra/cli/bootstrap.mjs <entry.ts> [arguments…]
//
// Plain JavaScript, because the machine's own Node may be an old one (18 and later will do): it
// installs the locked packages when they are missing or out of date, then hands over to the
// Node 24 that the lock file pins, with the project's tools first on PATH.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const bin = join(root, 'node_modules/.bin');
const stamp = join(root, 'node_modules/.smartstack-lock');

installWhenLockChanged();
runEntry(process.argv.slice(2));

function installWhenLockChanged() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing the locked npm packages (npm ci) …');
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  // The one install script that is needed: it fetches the pinned Node for this platform.
  npm(['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error']);
  writeFileSync(stamp, wanted);
}

function npm(args) {
  const done = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status === 0) return;
  console.error(`npm ${args[0]} failed: run it by hand in ${root} to see why.`);
  process.exit(1);
}

function runEntry([entry, ...args]) {
  const child = spawn(join(bin, 'node'), [join(root, entry), ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
  });
  // Ctrl-C reaches the whole process group: the child decides how to end, we wait for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT') child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1);
  });
}
