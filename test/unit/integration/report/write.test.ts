import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { page } from '../../../integration/report/page.ts';
import { writeReport } from '../../../integration/report/write.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';
import { sampleRun } from './sample.ts';

describe('writing the report', () => {
  it('makes the folder, and leaves a page and the data', () =>
    withTemporaryFolder(async (folder) => {
      const inside = join(folder, 'a', 'b');
      const { html, json } = await writeReport(inside, sampleRun);
      expect(await readdir(inside)).to.deep.equal(['report.html', 'report.json']);
      expect(await readFile(html, 'utf8')).to.equal(page(sampleRun));
      expect(JSON.parse(await readFile(json, 'utf8'))).to.deep.equal(sampleRun);
    }));
});
