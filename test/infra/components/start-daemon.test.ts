import { expect } from 'chai';
import { scriptOf } from '../../../infra/components/shell.ts';
import { ScriptBed } from '../../support/script-bed.ts';

describe('start-daemon.sh', () => {
  let bed: ScriptBed;

  beforeEach(() => {
    bed = new ScriptBed();
    bed.program('journalctl', 'echo its last words');
    canReload('yes');
  });
  afterEach(() => bed.remove());

  function canReload(word: 'yes' | 'no'): void {
    bed.program(
      'systemctl',
      [
        'case "$1" in',
        '  is-active) [ -e "$ROOT/runs" ] ;;',
        '  start | restart) [ ! -e "$ROOT/bad" ] && touch "$ROOT/runs" ;;',
        `  show) echo ${word} ;;`,
        'esac',
      ].join('\n'),
    );
  }

  const run = (ingredients: string, check = '') =>
    bed.run(scriptOf('start-daemon.sh', { UNIT: 'nerve', CHECK: check }), ingredients);
  /** What was done to the unit, last of all. */
  const done = (): string | undefined =>
    bed
      .calls()
      .filter((line) => /^systemctl (start|restart|reload) /.test(line))
      .at(-1);
  const first = 'restart aaaa /unit\nreload bbbb /config\n';

  it('starts what does not run, and restarts it for what takes that', () => {
    expect(run(first)).to.deep.equal({ status: 0, stdout: '', stderr: '' });
    expect(done()).to.equal('systemctl restart nerve');
    run(first.replace('aaaa', 'cccc'));
    expect(done()).to.equal('systemctl restart nerve');
  });

  it('restarts nothing that is as it was, however often it is asked', () => {
    run(first);
    bed.calls();
    run(first);
    expect(done()).to.equal('systemctl reload nerve');
    run(first.replace('bbbb', 'cccc'));
    expect(done()).to.equal('systemctl reload nerve');
    canReload('no');
    run(first);
    expect(done()).to.equal('systemctl start nerve');
  });

  it('never restarts what has nothing that takes it, whatever it had before', () => {
    run(first);
    bed.calls();
    run('reload dddd /unit\n');
    expect(done()).to.equal('systemctl reload nerve');
  });

  it('takes the place of what its package began, once', () => {
    bed.write('/runs', '');
    run('reload dddd /unit\n');
    expect(done()).to.equal('systemctl restart nerve');
    run('reload eeee /unit\n');
    expect(done()).to.equal('systemctl reload nerve');
  });

  it('leaves alone what has a bad configuration (law 5)', () => {
    run(first);
    bed.calls();
    bed.program('nerve-check', 'echo no good >&2; exit 1');
    expect(run(first.replace('aaaa', 'cccc'), 'nerve-check')).to.deep.equal({
      ...{ status: 1, stdout: '' },
      stderr: 'no good\n',
    });
    expect(done()).to.equal(undefined);
  });

  it('says what a unit said that did not start, and tries again next time', () => {
    bed.write('/bad', '');
    expect(run(first)).to.deep.equal({
      ...{ status: 1, stdout: '' },
      stderr: 'its last words\nnerve did not restart; its last words stand above\n',
    });
    bed.program('systemctl');
    run(first);
    expect(done()).to.equal('systemctl restart nerve');
  });
});
