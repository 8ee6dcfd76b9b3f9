import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { environmentSetting } from '../catalog/choose-environment.ts';
import { describeGraph } from '../catalog/graph.ts';
import type { Catalog } from '../catalog/schema.ts';
import { readPlainSetting } from '../engine/config-file.ts';
import { catalogFile, loadCatalog } from '../load-catalog.ts';
import type { Workspace } from './workspace.ts';

/** Draws who calls whom, by the catalog alone; resolves to the path of the picture. */
export async function drawGraph(workspace: Workspace, out: string | undefined): Promise<string> {
  const { root, statePath, configPath } = workspace;
  const environment = await readPlainSetting(configPath, environmentSetting);
  const { catalog } = await loadCatalog(root, catalogFile(), {}, { environment });
  const path = out === undefined ? join(dirname(statePath), 'graph.svg') : resolve(out);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await renderGraph(catalog));
  return relative(process.cwd(), path);
}

/** As SVG. */
export async function renderGraph(catalog: Catalog): Promise<string> {
  // Graphviz itself, which no other command needs.
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  return (await Graphviz.load()).layout(describeGraph(catalog), 'svg', 'dot');
}
