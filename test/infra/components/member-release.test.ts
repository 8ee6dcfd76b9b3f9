/** How a member of the ensemble comes to another release: the scripts themselves, with made-up ones. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { expect } from 'chai';
import { scriptThatSwitches } from '../../../infra/components/installed-release.ts';
import { ScriptBed, type ScriptEnd } from '../../support/script-bed.ts';

const releases = '/opt/zookeeper/releases';
const current = '/opt/zookeeper/current';
const done: ScriptEnd = { status: 0, stdout: '', stderr: '' };

describe('another release of ZooKeeper on a member', () => {
  let bed: ScriptBed;

  beforeEach(() => {
    bed = new ScriptBed();
    bed.write(`${releases}/.keep`, '');
    for (const file of ['/etc/zookeeper/myid', '/var/lib/zookeeper/data/myid'])
      bed.write(file, '1\n');
    bed.program(
      'systemctl',
      [
        'case "$1" in',
        '  is-active) [ -e "$ROOT/runs" ]; exit ;;',
        '  stop) rm "$ROOT/runs" ;;',
        '  start | restart) readlink "$ROOT/opt/zookeeper/current" > "$ROOT/runs" ;;',
        'esac',
        '[ "$1" != restart ] || [ ! -e "$ROOT/bad" ] || mv "$ROOT/mode" "$ROOT/amiss"',
      ].join('\n'),
    );
    bed.program('journalctl', 'echo out of memory');
    is('follower');
  });
  afterEach(() => bed.remove());

  /** Arrives on the host: a release with the programs that scripts ask. */
  function archive(hash: string): void {
    const programs = {
      'zkServer.sh': 'cat "$ROOT/mode" 2> /dev/null',
      'zookeeper-await-whole': '[ ! -e "$ROOT/amiss" ] || { echo amiss >&2; exit 1; }',
    };
    for (const [name, text] of Object.entries(programs)) bed.program(`../made/bin/${name}`, text);
    const packed = bed.at(`/var/cache/smartstack/zookeeper-${hash}.tar.gz`);
    bed.write(`/var/cache/smartstack/zookeeper-${hash}.tar.gz`, '');
    execFileSync('tar', ['-c', '-z', '-f', packed, '-C', bed.at('/made'), 'bin']);
  }

  const is = (mode: 'leader' | 'follower'): void => bed.write('/mode', `Mode: ${mode}\n`);
  const install = (hash: string): ScriptEnd => {
    archive(hash);
    return unpack(hash);
  };
  const unpack = (hash: string): ScriptEnd => {
    const variables = { RELEASES: releases, HASH: hash, ARCHIVES: `zookeeper-${hash}.tar.gz` };
    return bed.run(scriptThatSwitches('install-release.sh', current, variables));
  };
  const runsOn = (hash: string): string => `restart release ${hash}\n`;
  const start = (hash: string): ScriptEnd => {
    const variables = { RELEASE: `${releases}/${hash}`, LEVEL: '', PATIENCE: '1' };
    return bed.run(scriptThatSwitches('start-member.sh', current, variables), runsOn(hash));
  };
  /** But for the word that it prints, which is another one each time. */
  const roll = (hash: string, pass: 'followers' | 'leader'): ScriptEnd => {
    const variables = { RELEASE: `${releases}/${hash}`, PASS: pass, AT_LEAST: '0', AT_MOST: '0' };
    const script = scriptThatSwitches('roll-member.sh', current, variables);
    const { stdout, ...end } = bed.run(script, runsOn(hash));
    expect(stdout).to.match(/^\d+\n$/);
    return { ...end, stdout: '' };
  };
  /** What a start would start, and what was started last. */
  const state = (): object => ({
    current: readlinkSync(bed.at(current)).split('/').at(-1),
    runs: bed.read('/runs').trim().split('/').at(-1),
  });

  function standUp(): void {
    expect([install('one'), start('one')]).to.deep.equal([done, done]);
    expect(state()).to.deep.equal({ current: 'one', runs: 'one' });
  }

  it('waits beside the one that runs for the turn of the member', () => {
    standUp();
    expect([install('two'), start('two')]).to.deep.equal([done, done]);
    expect(state()).to.deep.equal({ current: 'one', runs: 'one' });
    expect(readdirSync(bed.at(releases))).to.include.members(['one', 'two']);
    expect(roll('two', 'followers')).to.deep.equal(done);
    expect(state()).to.deep.equal({ current: 'two', runs: 'two' });
  });

  it('comes to the leader last, and to nobody twice', () => {
    standUp();
    install('two');
    is('leader');
    expect(roll('two', 'followers')).to.deep.equal(done);
    expect(state()).to.deep.equal({ current: 'one', runs: 'one' });
    expect(roll('two', 'leader')).to.deep.equal(done);
    expect(state()).to.deep.equal({ current: 'two', runs: 'two' });
    bed.calls();
    expect(roll('two', 'leader')).to.deep.equal(done);
    expect(bed.calls()).not.to.include('systemctl restart zookeeper');
  });

  it('stays beside while the quorum is not whole', () => {
    standUp();
    install('two');
    bed.write('/amiss', '');
    expect(roll('two', 'followers')).to.deep.include({ status: 1 });
    expect(state()).to.deep.equal({ current: 'one', runs: 'one' });
  });

  it('ends the roll where a member does not come back with it, whose last words are shown', () => {
    standUp();
    install('two');
    bed.write('/bad', '');
    const { status, stderr } = roll('two', 'followers');
    expect(status).to.equal(1);
    expect(stderr).to.match(/^amiss\nout of memory\nNo further member is restarted\. /);
    // It has not had its turn yet.
    bed.write('/mode', 'Mode: follower\n');
    execFileSync('rm', [bed.at('/bad'), bed.at('/amiss')]);
    bed.calls();
    expect(roll('two', 'followers')).to.deep.equal(done);
    expect(bed.calls()).to.include('systemctl restart zookeeper');
  });

  it('is taken back at once from a member that runs and does not serve', () => {
    standUp();
    install('two');
    bed.write('/bad', '');
    expect(roll('two', 'followers').status).to.equal(1);
    expect([install('one'), start('one')]).to.deep.equal([done, done]);
    expect(state()).to.deep.equal({ current: 'one', runs: 'one' });
    // With what it shall have, it is given its time.
    bed.calls();
    expect(start('one')).to.deep.equal(done);
    expect(bed.calls()).not.to.include('systemctl stop zookeeper');
  });

  it('is taken at once by a member that does not run: a bad one is left that way', () => {
    standUp();
    install('two');
    execFileSync('rm', [bed.at('/runs')]);
    expect(start('two')).to.deep.equal(done);
    expect(state()).to.deep.equal({ current: 'two', runs: 'two' });
  });

  it('makes way for any of the last five, which nobody need copy again', () => {
    standUp();
    for (const hash of ['two', 'three', 'four', 'five']) {
      expect([install(hash), roll(hash, 'followers')]).to.deep.equal([done, done]);
    }
    expect(existsSync(bed.at(`${releases}/one`))).to.equal(false);
    expect([unpack('one'), roll('one', 'followers')]).to.deep.equal([done, done]);
    expect(state()).to.deep.equal({ current: 'one', runs: 'one' });
    install('six');
    expect(readdirSync(bed.at('/var/cache/smartstack')).sort()).to.deep.equal(
      ['five', 'four', 'one', 'six', 'three'].map((hash) => `zookeeper-${hash}.tar.gz`),
    );
    execFileSync('rm', ['-r', bed.at('/var/cache/smartstack')]);
    bed.write('/var/cache/smartstack/other', '');
    expect(unpack('six')).to.deep.equal(done);
  });

  it('takes the place of one that had no turn, never of the one that runs', () => {
    standUp();
    install('two');
    install('three');
    const there = ['one', 'two', 'three'].filter((hash) =>
      existsSync(bed.at(`${releases}/${hash}`)),
    );
    expect(there).to.deep.equal(['one', 'three']);
    expect(roll('three', 'followers')).to.deep.equal(done);
    expect(state()).to.deep.equal({ current: 'three', runs: 'three' });
  });
});
