import { expect } from 'chai';
import { isAbout } from '../../../../../agent/synapse/haproxy/blame.ts';

const place = { backend: 'web', server: 'a', lineNumber: 12 };

describe('isAbout', () => {
  // As HAProxy 2.6.12 printed them.
  for (const [complaint, expected] of [
    ["[ALERT] (1) : config : [/c.cfg:12] : 'server web/a' : 'id' : custom id has to be > 0.", true],
    ["[ALERT] (1) : config : [/c.cfg:13] : 'server web/b' : unknown keyword 'x'.", false],
    ["[ALERT] (1) : config : config: backend 'web': server 'a' uses an incompatible MUX", true],
    ["[ALERT] (1) : config : proxy 'shop': server 'a' has no FCGI app configured.", false],
    ['[ALERT] (1) : config : Fatal errors found in configuration.', false],
  ] as const) {
    it(`${expected ? 'blames' : 'does not blame'} for ${complaint.slice(21)}`, () => {
      expect(isAbout(complaint, place)).to.equal(expected);
    });
  }
});
