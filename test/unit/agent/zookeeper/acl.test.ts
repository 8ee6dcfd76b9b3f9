import { expect } from 'chai';
import { type AclMode, isAclOf } from '../../../../agent/zookeeper/acl.ts';

const world = (permission: number) => ({ permission, id: { scheme: 'world', id: 'anyone' } });
const digest = (id: string, permission = 31) => ({ permission, id: { scheme: 'digest', id } });
// `echo -n me:secret | openssl sha1 -binary | base64`
const me = digest('me:016djjlksVQS5RgX3M7biBGyYwY=');
const you = digest('you:UmIiqsmz2cIABYPJNOMNZWeEn8s=');

describe('isAclOf', () => {
  const cases: readonly (readonly [AclMode, readonly string[], readonly (typeof me)[], boolean])[] =
    [
      ['open', [], [world(31)], true],
      ['open', ['me:secret'], [world(31)], true],
      ['open', [], [world(31), me], false],
      ['open', [], [world(1)], false],
      ['read-only', ['me:secret'], [world(1), me], true],
      ['read-only', ['me:secret'], [me, world(1)], true],
      ['read-only', ['me:secret'], [me], false],
      ['read-only', ['me:secret'], [world(31), me], false],
      ['read-only', ['me:secret'], [world(1), digest(me.id.id, 15)], false],
      ['read-only', ['me:secret', 'you:too'], [world(1), me], false],
      ['read-only', ['me:secret', 'you:too'], [world(1), you, me], true],
      ['read-only', ['me:secret', 'me:secret'], [world(1), me], true],
      ['read-only', ['me:secret'], [world(1), you, me], false],
      // What ZooKeeper shows of owners to those who are none.
      ['read-only', ['me:secret'], [world(1), digest('me:x')], false],
      ['private', ['me:secret'], [me], true],
      ['private', ['me:secret'], [world(1), me], false],
      ['private', ['me:secret'], [], false],
    ];
  for (const [index, [mode, identities, found, expected]] of cases.entries()) {
    it(`tells ${mode} of ${identities.length} owners from others (${index + 1})`, () => {
      expect(isAclOf(found, mode, identities)).to.equal(expected);
    });
  }
});
