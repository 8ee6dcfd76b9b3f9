import { expect } from 'chai';
import { knownHostsText, sshConfigText } from '../../../../infra/cli/ssh-config.ts';

const web: Parameters<typeof sshConfigText>[0] = {
  web_1: {
    id: 1,
    address: '192.0.2.1',
    arch: 'x64',
    roles: ['service'],
    ssh: '',
    connection: {
      host: '192.0.2.9',
      port: 2222,
      user: 'admin',
      privateKeyPath: '/keys/my key',
      hostKey: 'ssh-ed25519 AAAA',
    },
  },
};

describe('the ssh configuration of a stack', () => {
  it('logs in by name, with the host key that the stack knows and no other', () => {
    expect(sshConfigText(web, '/state/known_hosts')).to.equal(
      [
        'Host web_1',
        '  HostName 192.0.2.9',
        '  Port 2222',
        '  User admin',
        '  IdentityFile "/keys/my key"',
        '  IdentitiesOnly yes',
        '  HostKeyAlias web_1',
        '  UserKnownHostsFile "/state/known_hosts"',
        '  StrictHostKeyChecking yes',
        '',
      ].join('\n'),
    );
    expect(knownHostsText(web)).to.equal('web_1 ssh-ed25519 AAAA\n');
  });

  it('goes through a bastion with its own key, proven like every other', () => {
    const [name, { connection, ...host }] = Object.entries(web)[0] ?? expect.fail();
    const proxy = { ...connection, host: '203.0.113.9', port: 22, hostKey: 'ssh-ed25519 BBBB' };
    const behind = { [name]: { ...host, connection: { ...connection, proxy } } };
    expect(sshConfigText(behind, '/state/known_hosts')).to.equal(
      [
        'Host web_1.bastion',
        '  HostName 203.0.113.9',
        '  Port 22',
        '  User admin',
        '  IdentityFile "/keys/my key"',
        '  IdentitiesOnly yes',
        '  HostKeyAlias web_1.bastion',
        '  UserKnownHostsFile "/state/known_hosts"',
        '  StrictHostKeyChecking yes',
        '',
        'Host web_1',
        '  HostName 192.0.2.9',
        '  Port 2222',
        '  User admin',
        '  IdentityFile "/keys/my key"',
        '  IdentitiesOnly yes',
        '  ProxyJump web_1.bastion',
        '  HostKeyAlias web_1',
        '  UserKnownHostsFile "/state/known_hosts"',
        '  StrictHostKeyChecking yes',
        '',
      ].join('\n'),
    );
    expect(knownHostsText(behind)).to.equal(
      'web_1.bastion ssh-ed25519 BBBB\nweb_1 ssh-ed25519 AAAA\n',
    );
  });
});
