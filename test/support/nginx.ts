/** A real nginx with a configuration of a test's own, in a folder of its own. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import type { ConfigInput } from './synapse-config.ts';

type NginxInput = NonNullable<ConfigInput['nginx']>;

export interface TestNginx {
  readonly folder: string;
  readonly configPath: string;
  /** With which synapse writes it, checks it, starts and reloads it. */
  readonly input: NginxInput;
  configText(): Promise<string>;
  /** Since the start, of its own log. */
  reloads(): Promise<number>;
  /** Of the master; `undefined` while it does not run. */
  pid(): Promise<number | undefined>;
  /** The master at once, its workers in its wake. */
  kill(): Promise<void>;
  /** Ends it and removes the folder. */
  destroy(): Promise<void>;
}

const streamModule = '/usr/lib/nginx/modules/ngx_stream_module.so';

export async function createTestNginx(): Promise<TestNginx> {
  const folder = await mkdtemp(join(tmpdir(), 'nginx-test-'));
  const [configPath, pidPath, logPath] = ['nginx.conf', 'nginx.pid', 'error.log'].map((name) =>
    join(folder, name),
  );
  if (!configPath || !pidPath || !logPath) throw new Error('three names');
  const call = `nginx -e ${logPath} -c ${configPath}`;
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const input: NginxInput = {
    contexts: {
      main: [
        `load_module ${streamModule}`,
        `pid ${pidPath}`,
        `error_log ${logPath} notice`,
        'worker_processes 1',
      ],
      events: ['worker_connections 128'],
      http: ['access_log off', ...kinds.map((kind) => `${kind}_temp_path ${join(folder, kind)}`)],
    },
    listen_address: '127.0.0.1',
    config_file_path: configPath,
    check_command: `${call} -t`,
    reload_command: `${call} -s reload`,
    start_command: call,
    restart_interval: 0.2,
  };
  const pid = async (): Promise<number | undefined> => {
    const text = await readFile(pidPath, 'utf8').catch(() => '');
    const found = Number(text);
    return text.trim() !== '' && isRunning(found) ? found : undefined;
  };
  const kill = async (): Promise<void> => {
    const running = await pid();
    if (running === undefined) return;
    // Fast shutdown: of its workers, too.
    process.kill(running, 'SIGTERM');
    await eventually(() => {
      if (isRunning(running)) throw new Error('nginx still runs');
    });
  };
  return {
    folder,
    configPath,
    input,
    configText: () => readFile(configPath, 'utf8'),
    reloads: async () => {
      const log = await readFile(logPath, 'utf8').catch(() => '');
      return log.split('(SIGHUP) received').length - 1;
    },
    pid,
    kill,
    destroy: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
