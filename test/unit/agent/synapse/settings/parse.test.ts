import { Buffer } from 'node:buffer';
import { expect } from 'chai';
import { parseSettings } from '../../../../../agent/synapse/settings/parse.ts';

describe('parseSettings', () => {
  const parse = (text: string) => parseSettings(Buffer.from(text));

  it('takes options by generator, whatever they are', () => {
    const settings = { haproxy: { port: [1] }, other: {} };
    expect(parse(JSON.stringify(settings))).to.deep.equal({ ok: true, settings });
  });

  it('finds none in a node without data, and in none', () => {
    for (const data of [undefined, Buffer.alloc(0), Buffer.from('{}')]) {
      expect(parseSettings(data)).to.deep.equal({ ok: true, settings: {} });
    }
  });

  it('names the fault of anything else, and never quotes it', () => {
    for (const text of ['secret', '[]', 'null', '"secret"', '{"secret": 1}', '{"secret": []}']) {
      const parsed = parse(text);
      expect(parsed.ok, text).to.equal(false);
      expect(JSON.stringify(parsed)).to.not.include('secret');
    }
    expect(parse(`{"a": {"b": "${'x'.repeat(65_536)}"}}`).ok).to.equal(false);
  });
});
