/** The files that HAProxy starts from: its configuration, and the states of its servers. */
import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../../lib/atomic-file.ts';
import type { Logger } from '../../lib/logger.ts';
import { isAbout } from './blame.ts';
import { refusedKey } from './build-servers.ts';
import type { CheckResult, ConfigFile } from './config-file.ts';
import { serverKey } from './plan.ts';
import {
  createBlockRenderer,
  type RenderBlock,
  renderConfig,
  type ServersByBackend,
} from './render.ts';
import type { RunningState } from './running-state.ts';
import type { BackendSettings, Sections } from './sections.ts';
import { formatServerLine, type ServerLine } from './server-line.ts';
import { withoutOption } from './server-options.ts';
import { type Newcomer, noServerStates, serverStateText } from './server-state-text.ts';

export type PublishOutcome =
  | 'written'
  | 'unchanged'
  /** HAProxy does not take it; the old text is in place, and the log says why. */
  | 'refused'
  /** The same, and some instances are to blame: build anew, without them. */
  | 'blamed';

export interface FileKeeper extends HeldFiles {
  /** Nobody else touches the files until `work` is done. */
  exclusively<R>(work: (held: HeldFiles) => Promise<R>): Promise<R>;
  /** Whether HAProxy takes the text, with a server in each backend. */
  probe(sections: Sections, servers: ServersByBackend): Promise<CheckResult>;
}

export interface HeldFiles {
  read(): Promise<string | undefined>;
  /** Checked and put in place. Rejects with the file system's error. */
  publish(sections: Sections, servers: ServersByBackend): Promise<PublishOutcome>;
  putBack(text: string): Promise<void>;
  /**
   * What HAProxy says of its servers; without that, what was saved last. `newcomers`: who is to be
   * checked before it takes traffic; default nobody.
   */
  saveServerStates(
    sections: Sections,
    serversState: string | undefined,
    newcomers?: readonly Newcomer[],
  ): Promise<void>;
}

export interface FileKeeperOptions {
  readonly file: ConfigFile;
  readonly state: RunningState;
  readonly logger: Logger;
}

export function createFileKeeper(options: FileKeeperOptions): FileKeeper {
  const { file, state } = options;
  const { exclusive } = state;
  const render = createBlockRenderer();
  const held: HeldFiles = {
    read: file.read,
    publish: (sections, servers) => publish(options, render, sections, servers),
    putBack: file.putBack,
    saveServerStates: async ({ serverStatePath }, serversState, newcomers = []) => {
      if (serverStatePath === undefined) return;
      const isRetiring = (backend: string, server: string): boolean =>
        state.retiring.size > 0 && state.retiring.has(serverKey(backend, server));
      const saved = (): Promise<string> =>
        readFile(serverStatePath, 'utf8').catch(() => noServerStates);
      const { weightOf } = state;
      const options = { isRetiring, weightOf, newcomers };
      const text = serverStateText(serversState ?? (await saved()), options);
      await writeFileAtomically(serverStatePath, text);
    },
  };
  return {
    exclusively: (work) => exclusive(() => work(held)),
    probe: (sections, servers) =>
      exclusive(() => file.check(renderConfig(sections, withProbes(sections, servers)))),
    read: () => exclusive(held.read),
    publish: (sections, servers) => exclusive(() => held.publish(sections, servers)),
    putBack: (text) => exclusive(() => held.putBack(text)),
    saveServerStates: (...what) => exclusive(() => held.saveServerStates(...what)),
  };
}

async function publish(
  { file, state, logger }: FileKeeperOptions,
  render: RenderBlock,
  sections: Sections,
  servers: ServersByBackend,
): Promise<PublishOutcome> {
  const text = renderConfig(sections, servers, render);
  const result = await file.publish(text);
  if (result.ok) {
    state.complaint = undefined;
    return 'change' in result ? result.change : 'unchanged';
  }
  if (state.complaint !== result.output) {
    logger.error('config-refused', { by: 'haproxy -c', output: result.output });
  }
  state.complaint = result.output;
  const before = state.refusedLines.size;
  for (const key of blamedLines(text, sections, servers, result.complaints)) {
    state.refusedLines.add(key);
  }
  return state.refusedLines.size > before ? 'blamed' : 'refused';
}

function blamedLines(
  text: string,
  { backends }: Sections,
  servers: ServersByBackend,
  complaints: readonly string[],
): readonly string[] {
  const numbers = new Map(text.split('\n').map((line, index) => [line.trim(), index + 1]));
  return backends.flatMap((settings) =>
    (servers.get(settings.backend) ?? [])
      .filter((line) => {
        const lineNumber = numbers.get(formatServerLine(line)) ?? 0;
        const place = { backend: settings.backend, server: line.name, lineNumber };
        const isBlamed = complaints.some((complaint) => isAbout(complaint, place));
        return isBlamed && hasOwnWords(settings, line);
      })
      .map((line) => refusedKey(settings.backend, line)),
  );
}

/**
 * Words from the registry may be to blame; those of `server_options`, which come first, are
 * everybody's, and leaving instances out would not mend them.
 */
function hasOwnWords({ serverWords }: BackendSettings, { words }: ServerLine): boolean {
  const count = (all: readonly string[]): number =>
    ['id', 'cookie', 'weight'].reduce(withoutOption, all).length;
  return count(words) > count(serverWords);
}

/** A mistake in `server_options` shows before there is an instance. */
function withProbes(sections: Sections, servers: ServersByBackend): ServersByBackend {
  return new Map(
    sections.backends.map(({ backend, serverWords }) => {
      const lines = servers.get(backend) ?? [];
      const words = serverWords.map((word) => word.replace(/%\{\w+\}/g, '1'));
      const probe = { name: 'synapse-probe', address: '127.0.0.1:1', words };
      return [backend, lines.length === 0 ? [probe] : lines];
    }),
  );
}
