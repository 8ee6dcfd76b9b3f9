import { expect } from 'chai';
import { CommandError, runCommand, tryCommand } from '../../../infra/prerequisites/command.ts';

describe('command', () => {
  it('hands over input, and each line as it comes', async () => {
    const lines: string[] = [];
    const options = { input: 'one\ntwo\nhalf', onLine: (line: string) => lines.push(line) };
    const result = await tryCommand('cat', [], options);
    expect(result).to.deep.equal({ code: 0, stdout: 'one\ntwo\nhalf', stderr: '' });
    expect(lines).to.deep.equal(['one', 'two']);
  });

  it('gives a failure as a result, also where there is no such program', async () => {
    expect((await tryCommand('sh', ['-c', 'exit 3'])).code).to.equal(3);
    expect((await tryCommand('smartstack-no-such-program', [])).code).to.equal(undefined);
  });

  it('ends an error with the last lines that the program said', async () => {
    const script = 'seq 20; echo broken >&2; exit 4';
    const error = await runCommand('sh', ['-c', script]).catch((reason: unknown) => reason);
    if (!(error instanceof CommandError)) return expect.fail('should have failed');
    expect(error.message).to.match(/^sh -c .* exited 4:\n10\n(\d+\n){10}broken$/);
  });
});
