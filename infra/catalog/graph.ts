/** Who calls whom, as a drawing's description in Graphviz' language: pure. */
import type { Catalog, Service } from './schema.ts';

const look = [
  'rankdir=LR; pad=0.3; nodesep=0.3; ranksep=1.2; fontname="Helvetica"; fontsize=18;',
  'labelloc=t; labeljust=l;',
  'node [shape=box, style="rounded,filled", fillcolor="#eef4fb", color="#3b6ea5", ' +
    'fontname="Helvetica", fontsize=14, margin="0.35,0.14"];',
  'edge [color="#3b6ea5", fontname="Helvetica", fontsize=11, fontcolor="#44546a", arrowsize=0.8];',
] as const;

/** Names are legal ones of a valid catalog: none needs escaping. */
export function describeGraph({ environment, services }: Catalog): string {
  const all = Object.entries(services);
  return [
    `digraph "${environment}" {`,
    ...[`label="${environment}";`, ...look, ...all.map(describeNode)],
    ...all.flatMap(([name, { calls }]) => calls.map((to) => describeCall(name, to, services))),
    '}',
    '',
  ].join('\n');
}

function describeNode([name, { port, mode, on }]: readonly [string, Service]): string {
  const instances = on.length === 1 ? '1 instance' : `${on.length} instances`;
  const title = `${name}: ${on.join(', ')}`;
  const small = `<FONT POINT-SIZE="11" COLOR="#44546a">${mode} :${port}, ${instances}</FONT>`;
  return `"${name}" [label=<<B>${name}</B><BR/>${small}>, tooltip="${title}"];`;
}

/** Where the caller finds it, on its own host. */
function describeCall(from: string, to: string, services: Catalog['services']): string {
  const port = services[to]?.localPort;
  return `"${from}" -> "${to}" [label="127.0.0.1:${port}", tooltip="${from} calls ${to}"];`;
}
