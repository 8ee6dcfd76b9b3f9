import { expect } from 'chai';
import { scriptOf } from '../../../infra/components/shell.ts';
import { ScriptBed } from '../../support/script-bed.ts';

describe('leave-registry.sh', () => {
  const script = scriptOf('leave-registry.sh', { SERVICE: 'web' });
  let bed: ScriptBed;

  beforeEach(() => {
    bed = new ScriptBed();
    bed.program('systemctl');
    // Time flies: each wait is ten seconds.
    bed.program('sleep');
  });
  afterEach(() => bed.remove());

  /** What nerve answers, one code after the other, and then the last for ever. */
  function answering(...codes: readonly string[]): void {
    bed.write('/codes', codes.map((code) => `${code}\n`).join(''));
    bed.program(
      'curl',
      [
        'code=$(head -n 1 "$ROOT/codes")',
        '[ "$(wc -l < "$ROOT/codes")" = 1 ] || sed -i 1d "$ROOT/codes"',
        'printf %s "$code"',
        '[ "$code" != 000 ]',
      ].join('\n'),
    );
  }

  const run = () => bed.run(script.replaceAll('sleep 0.1', 'sleep 0.1; SECONDS=$((SECONDS + 10))'));
  const asked = 'curl -s -m 2 -o /dev/null -w %{http_code} 127.0.0.1:3211/services/web';

  it('waits until nerve has taken the instance out', () => {
    answering('200', '200', '404');
    expect(run()).to.deep.equal({ status: 0, stdout: '', stderr: '' });
    expect(bed.calls()).to.deep.equal([
      ...['systemctl is-active -q nerve', 'systemctl reload nerve'],
      ...[asked, 'sleep 0.1', asked, 'sleep 0.1', asked],
    ]);
  });

  it('fails where nerve keeps it: the service is not stopped then', () => {
    answering('200');
    const { status, stderr } = run();
    expect(status).to.equal(1);
    expect(stderr).to.include('nerve still has web after 30 s, which was not stopped');
  });

  it('goes on, and says so, where nerve does not answer', () => {
    answering('200', '000');
    expect(run()).to.deep.equal({
      ...{ status: 0, stdout: '' },
      stderr: 'nerve does not answer: web goes without having left the registry before\n',
    });
  });

  it('waits for no nerve that does not run', () => {
    bed.program('systemctl', '[ "$1" != is-active ]');
    expect(run()).to.deep.equal({ status: 0, stdout: '', stderr: '' });
    expect(bed.calls()).to.deep.equal(['systemctl is-active -q nerve']);
  });
});
