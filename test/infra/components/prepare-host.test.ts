import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { scriptOf } from '../../../infra/components/shell.ts';
import { ScriptBed } from '../../support/script-bed.ts';

const systems = {
  'debian 12': 'Debian GNU/Linux 12 (bookworm)',
  'ubuntu 22.04': 'Ubuntu 22.04.5 LTS',
  'ubuntu 24.04': 'Ubuntu 24.04.2 LTS',
  'debian 11': 'Debian GNU/Linux 11 (bullseye)',
  'ubuntu 20.04': 'Ubuntu 20.04.6 LTS',
  'fedora 42': 'Fedora Linux 42',
} as const;

describe('prepare-host.sh', () => {
  let bed: ScriptBed;

  beforeEach(() => {
    bed = new ScriptBed();
    bed.write('/var/lock/mine', '');
    runsOn('debian 12');
    // One package is there, and so is the user.
    bed.program('dpkg-query', 'case "$4" in curl) echo install ok installed ;; *) exit 1 ;; esac');
    bed.program('id');
    bed.program('uname', 'echo x86_64');
    bed.program('apt-get');
    bed.program('sleep');
  });
  afterEach(() => bed.remove());

  function runsOn(system: keyof typeof systems): void {
    const [id, version] = system.split(' ');
    const lines = [`ID=${id}`, `VERSION_ID="${version}"`, `PRETTY_NAME="${systems[system]}"`];
    bed.write('/etc/os-release', `${lines.join('\n')}\n`);
  }

  const run = (packages = 'curl haproxy dbus') => {
    const folders = `${bed.at('/etc/smartstack')} ${bed.at('/opt/smartstack')}`;
    const variables = { ARCH: 'x86_64', PACKAGES: packages, FOLDERS: folders };
    return bed.run(scriptOf('prepare-host.sh', variables));
  };
  const askedOfApt = (): readonly string[] =>
    bed
      .calls()
      .filter((line) => line.startsWith('apt-get'))
      .map((line) => line.replace('apt-get -q -o DPkg::Lock::Timeout=300 ', ''));
  const done = { status: 0, stdout: '', stderr: '' };

  /** What apt-get says and ends with, one time after the other; all is well from then on. */
  function aptFails(...times: readonly string[]): void {
    for (const [index, words] of times.entries()) bed.write(`/apt/${index + 1}`, `${words}\n`);
    bed.program(
      'apt-get',
      [
        'words=$(ls "$ROOT/apt" | head -n 1)',
        '[ -n "$words" ] || exit 0',
        // As apt does where the language of its words is not said.
        '[ "$LC_ALL" = C ] || { echo "E: Sperre konnte nicht bezogen werden"; exit 100; }',
        'cat "$ROOT/apt/$words" >&2; rm "$ROOT/apt/$words"; exit 100',
      ].join('\n'),
    );
  }

  for (const system of ['debian 12', 'ubuntu 22.04', 'ubuntu 24.04'] as const) {
    it(`brings to ${systems[system]} what it lacks`, () => {
      runsOn(system);
      expect(run()).to.deep.equal(done);
      expect(askedOfApt()).to.deep.equal([
        'update',
        'install -y --no-install-recommends haproxy dbus',
      ]);
      for (const folder of ['etc/smartstack', 'var/lib/smartstack', 'var/cache/smartstack']) {
        expect(existsSync(bed.at(folder)), folder).to.equal(true);
      }
    });
  }

  for (const system of ['debian 11', 'ubuntu 20.04', 'fedora 42'] as const) {
    it(`leaves ${systems[system]} as it is`, () => {
      runsOn(system);
      expect(run()).to.deep.equal({
        ...{ status: 1, stdout: '' },
        stderr: `this host runs ${systems[system]}; use Debian 12, Ubuntu 22.04 or 24.04\n`,
      });
      expect(bed.calls()).to.deep.equal([]);
    });
  }

  it('leaves a host of another processor as it is', () => {
    bed.program('uname', 'echo aarch64');
    const { status, stderr } = run();
    expect(status).to.equal(1);
    expect(stderr).to.equal(
      "this host is aarch64, the stack's configuration says x86_64; correct its arch there\n",
    );
    expect(askedOfApt()).to.deep.equal([]);
  });

  it('asks apt for nothing where nothing is missing', () => {
    expect(run('curl')).to.deep.equal(done);
    expect(askedOfApt()).to.deep.equal([]);
  });

  it('makes the user where there is none', () => {
    bed.program('id', 'exit 1');
    bed.program('useradd');
    expect(run('curl')).to.deep.equal(done);
    expect(bed.calls().at(-1)).to.match(/^useradd --system .* smartstack$/);
  });

  it('waits while somebody else uses apt, in whatever language the host speaks', () => {
    const locked = 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt)';
    aptFails(locked, locked);
    expect(run()).to.deep.equal(done);
    expect(askedOfApt()).to.deep.equal([
      ...['update', 'update', 'update'],
      'install -y --no-install-recommends haproxy dbus',
    ]);
  });

  it('gives up on a lock that stays for five minutes, with the words of apt', () => {
    aptFails(...Array.from({ length: 9 }, () => 'E: Could not get lock /var/lib/dpkg/lock'));
    const variables = { ARCH: 'x86_64', PACKAGES: 'haproxy', FOLDERS: '' };
    const minutes = 'sleep 2; SECONDS=$((SECONDS + 100))';
    const script = scriptOf('prepare-host.sh', variables).replace('sleep 2', minutes);
    const { status, stderr } = bed.run(script);
    expect(status).to.equal(1);
    expect(stderr).to.equal(
      'E: Could not get lock /var/lib/dpkg/lock\n' +
        'apt-get update failed; its last words stand above\n',
    );
    expect(askedOfApt()).to.have.length(4);
  });

  it('says at once what else apt says, such as of a disk that is full', () => {
    const full = "E: You don't have enough free space in /var/cache/apt/archives/.";
    bed.program('apt-get', `case "$*" in *install*) echo "${full}" >&2; exit 100 ;; esac`);
    expect(run()).to.deep.equal({
      ...{ status: 1, stdout: '' },
      stderr: `${full}\napt-get install failed; its last words stand above\n`,
    });
    expect(askedOfApt()).to.have.length(2);
    expect(existsSync(bed.at('/etc/smartstack'))).to.equal(false);
  });

  it('is one at a time on a host of two roles', () => {
    const lock = bed.at('/var/lock/smartstack-prepare');
    bed.program('apt-get', `flock -n ${lock} true && echo alone >> "$ROOT/calls" || true`);
    expect(run()).to.deep.equal(done);
    expect(bed.calls()).not.to.include('alone');
    expect(spawnSync('flock', ['-n', lock, 'true']).status).to.equal(0);
  });
});
