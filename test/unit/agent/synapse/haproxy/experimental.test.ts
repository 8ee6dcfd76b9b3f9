import { expect } from 'chai';
import { withExperimentalMode } from '../../../../../agent/synapse/haproxy/experimental.ts';

const refusal = 'This command is restricted to experimental mode only.\n';

describe('withExperimentalMode', () => {
  function answering(...answers: readonly string[]) {
    const asked: string[] = [];
    const rest = [...answers];
    const admin = withExperimentalMode({
      ask: async (command) => {
        asked.push(command);
        return rest.shift() ?? '';
      },
    });
    return { admin, asked };
  }

  it('asks again in that mode, once, where HAProxy wants it', async () => {
    const { admin, asked } = answering(`${refusal}\nNo such server.\n`, refusal);
    expect(await admin.ask('add server a/b; set server a/b state ready')).to.equal(refusal);
    expect(asked).to.deep.equal([
      'add server a/b; set server a/b state ready',
      'experimental-mode on; add server a/b; set server a/b state ready',
    ]);
  });

  it('leaves every other answer as it is', async () => {
    const { admin, asked } = answering('New server registered.\n');
    expect(await admin.ask('add server a/b')).to.equal('New server registered.\n');
    expect(asked).to.deep.equal(['add server a/b']);
  });
});
