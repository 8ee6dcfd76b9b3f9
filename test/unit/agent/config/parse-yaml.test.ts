import { expect } from 'chai';
import { parseYaml } from '../../../../agent/config/parse-yaml.ts';

describe('parseYaml', () => {
  const value = (text: string): unknown => {
    const parsed = parseYaml(text);
    return parsed.ok ? parsed.value : expect.fail(JSON.stringify(parsed));
  };

  it('reads plain data', () => {
    expect(value('a: 1\nb: [x, true, null]\nc: {d: 0.5}\ne: 2020-01-01')).to.deep.equal({
      a: 1,
      b: ['x', true, null],
      c: { d: 0.5 },
      e: '2020-01-01',
    });
  });

  it('reads JSON', () => {
    expect(value('{"a": ["x", {"b": 1.5e3}]}')).to.deep.equal({ a: ['x', { b: 1500 }] });
  });

  it('shares parts by anchors and merges', () => {
    expect(value('a: &base {x: 1, y: 1}\nb:\n  <<: *base\n  y: 2\nc: *base')).to.deep.equal({
      a: { x: 1, y: 1 },
      b: { x: 1, y: 2 },
      c: { x: 1, y: 1 },
    });
  });

  it('takes no key for the prototype', () => {
    expect(Object.getPrototypeOf(value('__proto__: {x: 1}'))).to.equal(Object.prototype);
  });

  const refused: readonly (readonly [string, string, number | undefined, number | undefined])[] = [
    ['an unfinished list', 'a: 1\nb: [1,', 2, 7],
    ['a tab for indentation', 'a:\n\tb: 1', 2, 1],
    ['a key that stands twice', 'a: 1\nb: 2\na: 3', 3, 1],
    ["Ruby's objects", 'a: 1\nb: !ruby/object:Gem {}', 2, 4],
    ['any tag', 'a: !!binary aGVsbG8=', 1, 4],
    ['an alias of nothing', 'a: 1\nb: *none', 2, 4],
    ['a second document', 'a: 1\n---\nb: 1', 2, 1],
    ['what contains itself', 'a: &a [*a]', undefined, undefined],
    [
      'aliases upon aliases',
      ['a: &a [x,x,x,x,x,x,x,x,x,x]']
        .concat(
          [...'bcdefg'].map(
            (name, index) =>
              `${name}: &${name} [${Array(10)
                .fill(`*${'abcdef'.at(index)}`)
                .join(',')}]`,
          ),
        )
        .join('\n'),
      undefined,
      undefined,
    ],
  ];
  for (const [title, text, line, column] of refused) {
    it(`refuses ${title}`, () => {
      expect(parseYaml(text)).to.include({ ok: false, line, column });
    });
  }
});
