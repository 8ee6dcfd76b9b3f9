import { expect } from 'chai';
import {
  hostKeyIn,
  hostKeyOnConsole,
  hostKeyReport,
} from '../../../../../infra/targets/aws/host-key.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIjfIlEBOUrubCKQSzMe7Dl0mcmbuDizML6QFf1rGA9U';

/** As cloud-init prints it, between what else is printed. */
function consoleWith(...keys: readonly string[]): string {
  return [
    '[   12.345678] cloud-init[512]: Cloud-init v. 22.4.2 finished',
    'ci-info: |  Keytype |  ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFFFF |',
    '-----BEGIN SSH HOST KEY KEYS-----',
    'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBA= root@ip-10-93-0-11',
    ...keys,
    '-----END SSH HOST KEY KEYS-----',
    'Debian GNU/Linux 12 ip-10-93-0-11 ttyS0',
    '',
  ].join('\r\n');
}

describe('hostKeyOnConsole', () => {
  it('reads the Ed25519 key out of what cloud-init prints', () => {
    expect(hostKeyOnConsole(consoleWith(`${key} root@ip-10-93-0-11`))).to.equal(key);
  });

  it('waits for the whole list', () => {
    const text = consoleWith(`${key} root@ip-10-93-0-11`);
    expect(hostKeyOnConsole('')).to.equal(undefined);
    expect(hostKeyOnConsole(text.slice(0, text.indexOf('-----END')))).to.equal(undefined);
    expect(hostKeyOnConsole(consoleWith())).to.equal(undefined);
  });

  it('takes the last list, and no key from anywhere else', () => {
    const older = consoleWith('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOLDER root@before');
    expect(
      hostKeyOnConsole(`${older}${consoleWith(`${key} root@now`)}ssh-ed25519 AAAAlate`),
    ).to.equal(key);
  });

  it('comes through the command', () => {
    expect(hostKeyIn(`${hostKeyReport(key)}\n`)).to.equal(key);
    expect(() => hostKeyIn('')).to.throw();
  });
});
