import { expect } from 'chai';
import { Mask } from '../../../../infra/engine/mask.ts';
import { secret } from '../../../../infra/engine/values.ts';

describe('Mask', () => {
  it('hides what was marked secret, deeply, and leaves everything else', () => {
    const mask = new Mask();
    mask.learn({
      environment: { TOKEN: secret('t0ken'), HOME: '/home' },
      list: [secret(['inner'])],
    });
    expect(mask.apply('t0ken at /home, inner')).to.equal('[secret] at /home, [secret]');
  });

  it('hides keys and passwords of a connection, not its host and user', () => {
    const mask = new Mask();
    const privateKey = '-----BEGIN KEY-----\nAAAAB3NzaC1yc2EAAAA\n-----END KEY-----\n';
    mask.learn({
      connection: secret({ host: 'host', user: 'root', password: 'pass', privateKey }),
    });
    expect(mask.apply('root@host pass AAAAB3NzaC1yc2EAAAA')).to.equal(
      'root@host [secret] [secret]',
    );
  });

  it('leaves very short secrets, which would hide everything', () => {
    const mask = new Mask();
    mask.learn({ stdin: secret('a') });
    expect(mask.apply('banana')).to.equal('banana');
  });
});
