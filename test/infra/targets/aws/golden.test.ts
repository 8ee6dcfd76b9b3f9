/**
 * Every resource of AWS that the catalog that ships comes to, one a line: a change here is a change
 * of somebody's running environment. `UPDATE_GOLDEN=1` writes the file anew.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { region, runAws } from '../../../support/mock-aws.ts';
import type { RecordedResource } from '../../../support/pulumi-recorder.ts';
import { tutorialCatalog } from '../../../support/tutorial.ts';

const golden = new URL('tutorial.golden.txt', import.meta.url);

describe('the tutorial on AWS', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'aws-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is what it was', async () => {
    const privateKey = join(folder, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', privateKey]);
    const { resources } = await runAws({
      catalog: tutorialCatalog(),
      settings: {
        zones: ['a', 'b', 'c'].map((letter) => `${region}${letter}`),
        ssh: { from: ['203.0.113.7/32'], privateKey },
      },
    });
    const made = [...resources.values()]
      .filter(({ type }) => type.startsWith('aws:'))
      .map(lineOf)
      .sort()
      .join('');
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(golden, made);
    expect(made).to.equal(readFileSync(golden, 'utf8'));
  });
});

function lineOf({ name, type, inputs, options }: RecordedResource): string {
  const { tags: _, ...shown } = inputs;
  if ('publicKey' in shown) Object.assign(shown, { publicKey: 'a public key' });
  const kept = ['protect', 'retainOnDelete', 'deleteBeforeReplace', 'ignoreChanges'] as const;
  const how = kept.flatMap((key) =>
    options[key] === undefined || options[key] === false ? [] : [`${key}=${String(options[key])}`],
  );
  return `${[name, type.split(':').at(-1), JSON.stringify(shown), ...how].join(' ')}\n`;
}
