import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { generatorCommand, programInput } from '../../../integration/traffic/program.ts';
import { freePort } from '../../../support/free-ports.ts';

describe('the program that sends traffic', () => {
  async function run(silenceMs: number): Promise<ReturnType<typeof spawn>> {
    const child = spawn('sh', ['-c', `exec ${generatorCommand(process.execPath)}`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const flow = { kind: 'tcp-fresh', port: await freePort(), path: '', perSecond: 10 } as const;
    const plan = { flows: [{ ...flow, giveUpMs: 1_000 }], frameMs: 50, silenceMs };
    child.stdin.write(await programInput(plan));
    return child;
  }

  it('ends by itself when nobody talks to it, though its input stays open', async () => {
    const child = await run(200);
    expect(await once(child, 'exit')).to.deep.equal([1, null]);
  });

  it('ends when its input does', async () => {
    const child = await run(60_000);
    child.stdin?.end();
    expect(await once(child, 'exit')).to.deep.equal([0, null]);
  });

  it('ends when nobody reads what it tells', async () => {
    const child = await run(60_000);
    child.stdout?.destroy();
    expect(await once(child, 'exit')).to.deep.equal([0, null]);
    child.stdin?.destroy();
  });
});
