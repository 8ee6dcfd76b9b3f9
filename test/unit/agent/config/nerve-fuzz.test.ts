import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseNerveConfig } from '../../../../agent/config/nerve.ts';
import { dynamicRequestSchema, serviceOfRequest } from '../../../../agent/config/nerve-dynamic.ts';
import { formatProblem } from '../../../../agent/config/parse.ts';
import { defineServices } from '../../../../agent/nerve/definition.ts';
import { findTwins } from '../../../../agent/nerve/twins.ts';

/** Replaces, at random places of a document, what stands there by anything. */
function mutated(document: unknown): fc.Arbitrary<unknown> {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(
      '',
      '\u0000\n',
      '__proto__',
      -1,
      0,
      1e308,
      null,
      [],
      {},
      [[]],
      'a'.repeat(5_000),
    ),
  );
  const mutation = fc.tuple(fc.array(fc.nat(), { maxLength: 6 }), anything, fc.boolean());
  return fc
    .array(mutation, { minLength: 1, maxLength: 5 })
    .map((mutations) =>
      mutations.reduce<unknown>(
        (one, [path, value, adds]) => put(one, path, value, adds),
        document,
      ),
    );
}

function put(
  node: unknown,
  [step, ...rest]: readonly number[],
  value: unknown,
  adds: boolean,
): unknown {
  if (step === undefined || typeof node !== 'object' || node === null) return value;
  const keys = Object.keys(node);
  const key =
    keys[step % (keys.length + 1)] ?? (adds ? (JSON.stringify(value) ?? '') : (keys[0] ?? 'x'));
  const changed = put(Reflect.get(node, key), rest, value, adds);
  if (Array.isArray(node)) return node.map((one, index) => (String(index) === key ? changed : one));
  return { ...node, [key]: changed };
}

describe('nerve configuration, whatever it is', () => {
  let example: unknown;
  before(async () => {
    const url = new URL('../../../support/compat/nerve/nerve.conf.json', import.meta.url);
    example = JSON.parse(await readFile(url, 'utf8'));
  });

  it('is taken up, or refused with problems that fit on a line each', () => {
    fc.assert(
      fc.property(mutated(example), (document) => {
        const parsed = parseNerveConfig(document);
        if (parsed.ok) {
          // What was accepted can be run.
          const services = defineServices(parsed.config);
          findTwins(services, new Map(), new Set());
          return;
        }
        expect(parsed.problems).not.to.have.length(0);
        for (const problem of parsed.problems) {
          const text = formatProblem('f', problem);
          expect(text).not.to.match(/\p{Cc}/u);
          expect(problem.message).to.match(/\S/);
          expect(text.length).to.be.below(2_000);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('lets no request of the API run a program or name a file, and can do what it asks', () => {
    const request = {
      service: 'web',
      port: 80,
      expires_after_seconds: 5,
      weight: 100,
      warm_up_seconds: 5,
      checks: [{ type: 'http', uri: '/', ssl: true, server_name: 'web' }],
    };
    const template = { host: '10.0.0.5', zk_hosts: ['a:2181'], zk_path: '/{service}' };
    fc.assert(
      fc.property(mutated(request), (document) => {
        const parsed = dynamicRequestSchema.safeParse(document);
        if (!parsed.success) return;
        const text = JSON.stringify(parsed.data);
        expect(text).not.to.match(/"(?:command|path|pre_up|pre_down|\w+_file)":/);
        serviceOfRequest(parsed.data, template);
      }),
      { numRuns: 1_000 },
    );
  });
});
