import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../../agent/lib/atomic-file.ts';
import type { WriteReport } from '../harness/outcome.ts';
import { page } from './page.ts';

/** What was there before is replaced, each file whole. */
export const writeReport: WriteReport = async (folder, run) => {
  await mkdir(folder, { recursive: true });
  const [html, json] = [join(folder, 'report.html'), join(folder, 'report.json')];
  await writeFileAtomically(html, page(run));
  await writeFileAtomically(json, `${JSON.stringify(run)}\n`);
  return { html, json };
};
