/** haproxy.cfg, whole and deterministic: the same sections and servers give the same bytes. */
import { compareText } from '../instance.ts';
import type { BackendSettings, Block, Sections } from './sections.ts';
import { formatServerLine, type ServerLine } from './server-line.ts';

/** Backend → its servers, in any order. */
export type ServersByBackend = ReadonlyMap<string, readonly ServerLine[]>;

const header = '# Written by synapse: what you change here is lost.';

/** HAProxy 2.6 refuses a file without a last line feed. */
export function renderConfig(
  { blocks }: Pick<Sections, 'blocks'>,
  servers: ServersByBackend,
  render: RenderBlock = renderBlock,
): string {
  const texts = blocks.map((block) => render(block, linesOf(block, servers)));
  return `${[header, ...texts].join('\n\n')}\n`;
}

export type RenderBlock = (block: Block, servers: readonly ServerLine[]) => string;

/** Renders a block anew only where it or its list of servers is another one. */
export function createBlockRenderer(): RenderBlock {
  const known = new WeakMap<Block, { servers: readonly ServerLine[]; text: string }>();
  return (block, servers) => {
    const last = known.get(block);
    if (last?.servers === servers) return last.text;
    const text = renderBlock(block, servers);
    known.set(block, { servers, text });
    return text;
  };
}

/** The lines of `text` that stand for servers, by backend and name: what `renderConfig` wrote. */
export function parseServerLines(text: string): Map<string, Map<string, ServerLine>> {
  const backends = new Map<string, Map<string, ServerLine>>();
  let current = new Map<string, ServerLine>();
  for (const line of text.split('\n')) {
    const [first, second, third, ...words] = line.split(/\s+/).filter((word) => word !== '');
    if (first === undefined || second === undefined) continue;
    // Titles start in the first column; the user's own sections are none of ours.
    if (/^\S/.test(line)) current = new Map();
    if (/^backend\s/.test(line)) backends.set(second, current);
    if (first !== 'server' || third === undefined || /^\S/.test(line)) continue;
    current.set(second, { name: second, address: third, words });
  }
  return backends;
}

const nobody: readonly ServerLine[] = [];

function linesOf({ backend }: Block, servers: ServersByBackend): readonly ServerLine[] {
  return backend === undefined ? nobody : (servers.get(backend.backend) ?? nobody);
}

function renderBlock({ title, lines, backend }: Block, servers: readonly ServerLine[]): string {
  const own = backend === undefined ? [] : ordered(backend, servers);
  return [title, ...lines, ...own.map(formatServerLine)].join('\n\t');
}

/** The original shuffles with a seed; this orders by a hash of seed and name, to the same end. */
function ordered({ order }: BackendSettings, lines: readonly ServerLine[]): readonly ServerLine[] {
  if (order === 'no_shuffle') return lines;
  if (typeof order !== 'string') return shuffled(lines, String(order.seed));
  const sorted = lines.toSorted((a, b) => compareText(a.name, b.name));
  return order === 'desc' ? sorted.reverse() : sorted;
}

function shuffled(lines: readonly ServerLine[], seed: string): readonly ServerLine[] {
  const keyed = lines.map((line) => ({ line, key: mix(`${seed}/${line.name}`) }));
  keyed.sort((a, b) => a.key - b.key || compareText(a.line.name, b.line.name));
  return keyed.map(({ line }) => line);
}

/**
 * 32 bits of FNV-1a, and MurmurHash3's last step, without which like names stay neighbours. A hash that
 * keeps secrets takes half the time of the first configuration of 1,000 services (`npm run bench`).
 */
function mix(text: string): number {
  let bits = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
  }
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
