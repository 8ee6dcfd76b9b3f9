import { measured, stack, succeeds } from '../support/session.ts';
import { stackExists } from '../support/stack.ts';

describe('a bare clone', () => {
  it('becomes a whole environment with one command', async function () {
    if (await stackExists(stack)) this.skip();
    const run = await succeeds('up');
    measured('the first up', `${run.seconds.toFixed(0)} s`);
  });
});
