/** The script that mounts a member's volume, on a real disk (a loop device) and file system. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { scriptOf } from '../../../infra/components/shell.ts';

const megabyte = 1_048_576;

describe('mount-data.sh', () => {
  let folder: string;
  let image: string;
  let disk: string;

  before(function () {
    if (!canMount()) {
      console.log('    (needs root and loop devices)');
      this.skip();
    }
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mount-data-'));
    for (const name of ['disks', 'data', 'upper', 'work']) mkdirSync(join(folder, name));
    image = join(folder, 'image');
    writeFileSync(image, '');
    truncateSync(image, 32 * megabyte);
    disk = execFileSync('losetup', ['--show', '-f', image], { encoding: 'utf8' }).trim();
    symlinkSync(disk, join(folder, 'disks/nvme-Amazon_Elastic_Block_Store_vol0a1b'));
  });
  afterEach(() => {
    execFileSync('losetup', ['-d', disk]);
    rmSync(folder, { recursive: true, force: true });
  });

  /**
   * Runs `steps` one after the other, as root runs them on a host, where mounts and changes of /etc
   * are gone afterwards. `mount` and `unmount` among them are the scripts.
   */
  function onHost(...steps: readonly string[]) {
    const place = { FOLDER: join(folder, 'data'), UNIT: 'zookeeper.service' };
    const scripts = {
      MOUNT: scriptOf('mount-data.sh', { ...place, DISKS: join(folder, 'disks') }),
      UNMOUNT: scriptOf('unmount-data.sh', place),
      FORGET: scriptOf('forget-host.sh', { FOLDERS: join(folder, 'data') }),
    };
    const script = [
      `mount -t overlay none -o lowerdir=/etc,upperdir=${folder}/upper,workdir=${folder}/work /etc`,
      '[ ! -d /run/systemd ] || mount -t tmpfs none /run/systemd',
      'mount_data() { bash --norc -euo pipefail -c "$MOUNT" <<< "vol-0a1b 1"; }',
      'unmount_data() { bash --norc -euo pipefail -c "$UNMOUNT"; }',
      `cd ${folder}`,
      ...steps,
    ].join('\n');
    const args = [
      '--mount',
      '--propagation',
      'private',
      'bash',
      '--norc',
      '-euo',
      'pipefail',
      '-c',
      script,
    ];
    const env = { ...process.env, ...scripts };
    const { status, stdout, stderr } = spawnSync('unshare', args, { env, encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  it('makes a file system on an empty volume, and keeps what is on it from then on', () => {
    const first = onHost('mount_data', 'echo here > data/file');
    expect(first).to.deep.equal({ status: 0, stdout: '', stderr: '' });
    const again = onHost('mount_data', 'cat data/file', 'mount_data', 'cat data/file');
    expect(again).to.deep.equal({ status: 0, stdout: 'here\nhere\n', stderr: '' });
  });

  it('mounts it at every boot, and lets nothing start without it', () => {
    const { status } = onHost('mount_data', 'mount_data');
    expect(status).to.equal(0);
    const fstab = readFileSync(join(folder, 'upper/fstab'), 'utf8').split('\n');
    expect(fstab.filter((line) => line.includes(` ${folder}/data `))).to.have.length(1);
    expect(fstab.at(-2)).to.match(/^UUID=[0-9a-f-]{36} \S+ ext4 \S*nofail\S* 0 2$/);
    const dropIn = join(folder, 'upper/systemd/system/zookeeper.service.d/data.conf');
    expect(readFileSync(dropIn, 'utf8')).to.equal(`[Unit]\nRequiresMountsFor=${folder}/data\n`);
  });

  it('grows the file system with the volume', function () {
    if (!mayResize()) {
      console.log('    (the kernel lets only CAP_SYS_RESOURCE grow what is mounted)');
      return this.skip();
    }
    const blocks = `stat -f -c %b data`;
    const before = Number(onHost('mount_data', blocks).stdout);
    truncateSync(image, 64 * megabyte);
    execFileSync('losetup', ['-c', disk]);
    const { stdout, stderr } = onHost('mount_data', blocks);
    expect(stderr).to.equal('');
    expect(Number(stdout)).to.be.above(before * 1.5);
  });

  it('never formats what somebody has written', () => {
    execFileSync('bash', [
      '-c',
      `echo precious | dd of=${disk} bs=1 seek=5000 conv=notrunc 2> /dev/null`,
    ]);
    const { status, stderr } = onHost('mount_data');
    expect(status).to.equal(1);
    expect(stderr).to.include(
      'vol-0a1b holds something that is no file system; it was left as it is',
    );
    expect(readFileSync(image).includes('precious')).to.equal(true);
  });

  it('leaves another file system as it is', () => {
    execFileSync('mkfs.ext3', ['-q', disk]);
    const { status, stderr } = onHost('mount_data');
    expect({ status, stderr }).to.deep.equal({
      status: 1,
      stderr: 'vol-0a1b holds a file system of type ext3, not ext4; it was left as it is\n',
    });
  });

  it('hides no files', () => {
    const { status, stderr } = onHost('echo mine > data/file', 'mount_data');
    expect(status).to.equal(1);
    expect(stderr).to.include('holds files that the volume would hide');
    rmSync(join(folder, 'data/file'));
  });

  it('is left alone, with what is on it, by whoever forgets the host', () => {
    const forgotten = onHost(
      'mount_data',
      'echo here > data/file',
      // Another role is on the host: forget-host.sh goes no further than its own folders.
      'touch /etc/systemd/system/nerve.service',
      'bash --norc -euo pipefail -c "$FORGET"',
      'cat data/file',
    );
    expect(forgotten).to.deep.equal({ status: 0, stdout: 'here\n', stderr: '' });
  });

  it('is undone without a trace but on the volume', () => {
    const gone = onHost(
      'mount_data',
      'echo here > data/file',
      'unmount_data',
      'unmount_data',
      '! test -e data',
      '! grep -q mount-data /etc/fstab',
      '! test -e /etc/systemd/system/zookeeper.service.d',
    );
    expect(gone).to.deep.equal({ status: 0, stdout: '', stderr: '' });
    expect(onHost('mount_data', 'cat data/file').stdout).to.equal('here\n');
  });
});

function canMount(): boolean {
  if (userInfo().uid !== 0 || !existsSync('/dev/loop-control')) return false;
  return spawnSync('unshare', ['--mount', 'true']).status === 0;
}

const capSysResource = 24n;

function mayResize(): boolean {
  const [, effective = '0'] =
    /^CapEff:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return (BigInt(`0x${effective}`) & (1n << capSysResource)) !== 0n;
}
