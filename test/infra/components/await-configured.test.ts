import { expect } from 'chai';
import { scriptOf } from '../../../infra/components/shell.ts';
import { ScriptBed } from '../../support/script-bed.ts';

describe('await-configured.sh', () => {
  let bed: ScriptBed;

  beforeEach(() => {
    bed = new ScriptBed();
    bed.program('journalctl', 'echo its last words');
    bed.program('sleep');
  });
  afterEach(() => bed.remove());

  const health = (readAt: number, problems: number): string =>
    JSON.stringify({ config_read: new Date(readAt).toISOString(), problems });
  /** The last answer stays. */
  const answers = (...texts: readonly string[]): void => {
    for (const [index, text] of texts.entries()) bed.write(`/answer${index + 1}`, text);
    bed.program(
      'curl',
      [
        `n=$(grep -c ^curl "$ROOT/calls"); [ "$n" -le ${texts.length} ] || n=${texts.length}`,
        '[ -s "$ROOT/answer$n" ] || exit 22',
        'cat "$ROOT/answer$n"',
      ].join('\n'),
    );
  };
  const run = (before = '') => bed.run(`${before}\n${scriptOf('await-configured.sh', {})}`);
  const asked = (): number => bed.calls().filter((line) => line.startsWith('curl')).length;

  it('waits for an answer, and until what is installed has been read', () => {
    const now = Date.now() + 1_000;
    answers('', health(now - 60_000, 1), health(now, 0));
    expect(run()).to.deep.equal({ status: 0, stdout: '', stderr: '' });
    expect(asked()).to.equal(3);
  });

  it('fails where that was refused', () => {
    answers(health(Date.now() + 1_000, 10));
    expect(run()).to.deep.equal({
      status: 1,
      stdout: '',
      stderr:
        'its last words\n' +
        'synapse refused what is new, and goes on with what it had; its last words stand above\n',
    });
  });

  it('counts what was read since the shell began, however long it took to get here', () => {
    answers(health(Date.now(), 0));
    expect(run('SECONDS=10')).to.include({ status: 0 });
  });

  it('fails where nothing is read in time', () => {
    answers(health(Date.now() - 60_000, 0));
    bed.program('sleep', '/bin/sleep 1');
    const hurried = scriptOf('await-configured.sh', {}).replace('SECONDS + 30', 'SECONDS + 1');
    expect(bed.run(hurried)).to.deep.equal({
      status: 1,
      stdout: '',
      stderr:
        'its last words\n' +
        'synapse does not say that it took what is new; its last words stand above\n',
    });
  });
});
