import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { forget } from '../../../infra/cli/forget.ts';
import { freePort } from '../../support/free-ports.ts';
import { startSshd, type TestSshd } from '../../support/sshd.ts';

describe('--forget', () => {
  let alive: TestSshd;
  let folder: string;
  let nobody: number;

  before(async () => {
    alive = await startSshd();
    nobody = await freePort();
    folder = mkdtempSync(join(tmpdir(), 'forget-'));
    writeFileSync(join(folder, 'key'), alive.privateKey, { mode: 0o600 });
  });
  after(async () => {
    await alive.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What is asked of the engine and what is printed, or why nothing is. */
  async function tell(hosts: readonly string[], target = 'hosts'): Promise<readonly string[]> {
    const told: string[] = [];
    const login = (port: number) => ({
      ...{ host: '127.0.0.1', port, user: alive.user },
      ...{ hostKey: alive.hostKey, privateKeyPath: join(folder, 'key') },
    });
    const host = (port: number) => ({
      ...{ id: 1, address: '192.0.2.1', arch: 'x64', roles: ['service'], ssh: '' },
      connection: login(port),
    });
    const outputs = async () => ({
      ...{ target, environment: 'test', ensemble: '', services: {} },
      hosts: { web_1: host(alive.port), web_2: host(nobody) },
    });
    const engine = {
      outputs,
      forget: async (names: readonly string[]) => {
        told.push(`forget ${names.join(' ')}`);
        return 12;
      },
    };
    const print = (line: string): void => {
      told.push(line);
    };
    await forget(hosts, { engine, print }).catch((error: unknown) => told.push(String(error)));
    return told;
  }

  it('drops a host that does not answer', async () => {
    expect(await tell(['web_2'])).to.deep.equal([
      'forget web_2',
      'Forgotten: web_2, 12 resources. Nothing was undone there.',
    ]);
  });

  it('leaves a host that answers, and all with it', async () => {
    const [said, ...others] = await tell(['web_2', 'web_1']);
    expect(said).to.match(/^Error: --forget web_1: it answers\. Take it out of the catalog/);
    expect(others).to.deep.equal([]);
  });

  it('names the hosts that there are', async () => {
    expect(await tell(['web_3'])).to.deep.equal([
      'Error: --forget web_3: no such host; there is web_1, web_2',
    ]);
  });

  it('leaves machines to the stack that made them', async () => {
    const [said] = await tell(['web_2'], 'aws');
    expect(said).to.include('gone with their entry in the catalog');
  });
});
