import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { z } from 'zod';
import { integrityOf, nodeIntegrity, nodeVersion } from '../../../infra/releases/node-runtime.ts';

describe('nodeRuntime', () => {
  it('gives hosts the Node that the tools run on', async () => {
    const schema = z.object({ devDependencies: z.object({ node: z.string() }) });
    const manifest = schema.parse(JSON.parse(await readFile('package.json', 'utf8')));
    expect(nodeVersion).to.equal(manifest.devDependencies.node);
    expect(`v${nodeVersion}`).to.equal(process.version);
  });

  it('pins both architectures', () => {
    for (const integrity of Object.values(nodeIntegrity)) {
      expect(Buffer.from(integrity.replace(/^sha512-/, ''), 'base64')).to.have.length(64);
    }
  });

  it('computes integrity as npm does', () => {
    expect(integrityOf(Buffer.from('abc'))).to.equal(
      'sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==',
    );
  });
});
