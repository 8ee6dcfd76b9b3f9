import { expect } from 'chai';
import { z } from 'zod';
import { formatProblem, parseConfig } from '../../../../agent/config/parse.ts';

const schema = z.strictObject({
  port: z.number().int().min(1).max(65_535),
  check_interval: z.number().positive().default(0.5),
  password: z.string().min(8).optional(),
  mode: z.enum(['http', 'tcp']).optional(),
  hosts: z.array(z.string()).min(1).optional(),
  checks: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('tcp'), timeout: z.number().optional() }),
        z.strictObject({ type: z.literal('http'), uri: z.string() }),
      ]),
    )
    .optional(),
  either: z.union([z.number(), z.string()]).optional(),
  services: z
    .record(z.string().regex(/^[a-z]+$/, 'is no service name; use lower-case letters'), z.number())
    .optional(),
});

const problemsOf = (value: unknown): readonly string[] => {
  const parsed = parseConfig(schema, value);
  return parsed.ok ? [] : parsed.problems.map((problem) => formatProblem('n.json', problem));
};

describe('parseConfig', () => {
  it('fills in defaults', () => {
    expect(parseConfig(schema, { port: 1 })).to.deep.equal({
      ok: true,
      config: { port: 1, check_interval: 0.5 },
    });
  });

  const cases: readonly (readonly [unknown, string])[] = [
    [{}, 'n.json: port: is missing; must be a number'],
    [{ port: '80' }, 'n.json: port: is "80"; must be a number'],
    [{ port: 1.5 }, 'n.json: port: is 1.5; must be a whole number'],
    [{ port: 0 }, 'n.json: port: is 0; must be at least 1'],
    [{ port: 70_000 }, 'n.json: port: is 70000; must be at most 65535'],
    [
      { port: 1, check_intervall: 1 },
      'n.json: check_intervall: unknown option "check_intervall"; did you mean check_interval?',
    ],
    [
      { port: 1, checks: [{ type: 'tcp', timout: 1 }] },
      'n.json: checks[0].timout: unknown option "timout"; did you mean timeout?',
    ],
    [
      { port: 1, checks: [{ type: 'htpp' }] },
      'n.json: checks[0].type: is "htpp"; must be one of tcp, http (did you mean http?)',
    ],
    [{ port: 1, checks: [{}] }, 'n.json: checks[0].type: is missing; must be one of tcp, http'],
    [
      { port: 1, checks: [{ type: 'http' }] },
      'n.json: checks[0].uri: is missing; must be a string',
    ],
    [{ port: 1, mode: 'udp' }, 'n.json: mode: is "udp"; must be one of "http", "tcp"'],
    [{ port: 1, hosts: [] }, 'n.json: hosts: is a list of 0; must be a list of at least 1'],
    [{ port: 1, either: false }, 'n.json: either: is false; must be a number or a string'],
    [
      { port: 1, services: { A: 1 } },
      'n.json: services.A: is no service name; use lower-case letters',
    ],
    [
      JSON.parse('{ "port": 1, "services": { "__proto__": 1 } }'),
      'n.json: services.__proto__: is a name that nothing may have; choose another',
    ],
    [[], 'n.json: is a list of 0; must be an object'],
    [null, 'n.json: is null; must be an object'],
  ];
  for (const [value, problem] of cases) {
    it(`says: ${problem}`, () => expect(problemsOf(value)).to.deep.equal([problem]));
  }

  it('never shows a secret', () => {
    expect(problemsOf({ port: 1, password: 'hunter2' })).to.deep.equal([
      'n.json: password: is a string; must be at least 8 characters long',
    ]);
  });

  it('keeps control characters and long values out of its messages', () => {
    const [problem] = problemsOf({ port: `\u001b[2J\n${'x'.repeat(200)}` });
    expect(problem).to.match(/^n\.json: port: is "\\u001b\[2J\\nx+…; must be a number$/);
  });

  it('keeps out what a terminal obeys and JSON does not escape', () => {
    const marks = '\u007f\u009b\u202e\u2028\u{e0001}';
    const seen = '\\u007f\\u009b\\u202e\\u2028\\udb40\\udc01';
    expect(problemsOf({ port: marks })).to.deep.equal([
      `n.json: port: is "${seen}"; must be a number`,
    ]);
    expect(problemsOf({ port: 1, [marks]: 1 })[0]).to.include(`n.json: ${seen}: `);
  });

  it('reports everything at once', () => {
    const value = { port: 'x', nope: 1, mode: 1, checks: [{ type: 'tcp', a: 1 }, 4] };
    const parsed = parseConfig(schema, value);
    const problems = parsed.ok ? [] : parsed.problems;
    expect(problems.map(({ path }) => path).sort()).to.deep.equal(
      ['checks[0].a', 'checks[1]', 'mode', 'nope', 'port'].sort(),
    );
  });
});
