import { Config, isSecret, runtime } from '@pulumi/pulumi';
import { expect } from 'chai';
import { registryOwner } from '../../infra/registry-owner.ts';

describe('registryOwner', () => {
  const current = 'smartstack:zookeeperPassword';
  const before = 'smartstack:zookeeperPasswordBefore';
  afterEach(() => runtime.setAllConfig({}));

  async function ownerWith(settings: Readonly<Record<string, string>>): Promise<unknown> {
    runtime.setAllConfig(settings);
    const owner = registryOwner(new Config('smartstack'));
    if (owner === undefined) return undefined;
    expect(await isSecret(owner.secret)).to.equal(true);
    const secret = await new Promise<string>((resolve) => owner.secret.apply(resolve));
    return { acl: owner.acl, secret };
  }

  it('is nobody without a password', async () => {
    expect(await ownerWith({})).to.equal(undefined);
  });

  it('has the new password, and the one before as long as it is given', async () => {
    expect(await ownerWith({ [current]: 'correct: horse' })).to.deep.equal({
      acl: 'read-only',
      secret: 'smartstack:correct: horse\n',
    });
    expect(await ownerWith({ [current]: 'a new one', [before]: 'an old one' })).to.deep.equal({
      acl: 'read-only',
      secret: 'smartstack:a new one\nsmartstack:an old one\n',
    });
  });

  it('leaves the registry to everybody with the password before alone', async () => {
    expect(await ownerWith({ [before]: 'an old one' })).to.deep.equal({
      acl: 'open',
      secret: 'smartstack:an old one\n',
    });
  });

  it('takes no password that is short or more than a line, and does not repeat it', () => {
    for (const bad of ['', 'hushhus', 'hush hush\nhush', 'hush hush\u2028']) {
      runtime.setAllConfig({ [before]: 'an old one', [current]: bad });
      expect(() => registryOwner(new Config('smartstack'))).to.throw(
        new RegExp(
          '^One mistake; nothing was changed:\n' +
            "  the stack's configuration: smartstack:zookeeperPassword: is no password; " +
            'must be one line of 8 characters at least$',
        ),
      );
    }
  });
});
