/** The files that HAProxy starts from: its configuration, and the states of its servers. */
import { writeFileAtomically } from '../../lib/atomic-file.ts';
import { createExclusive } from '../../lib/exclusive.ts';
import type { Logger } from '../../lib/logger.ts';
import { refusedKey } from './build-servers.ts';
import type { CheckResult, ConfigFile } from './config-file.ts';
import { serverStateText } from './observe.ts';
import { serverKey } from './plan.ts';
import { renderConfig, type ServersByBackend } from './render.ts';
import type { RunningState } from './running-state.ts';
import type { BackendSettings, Sections } from './sections.ts';
import { formatServerLine, type ServerLine } from './server-line.ts';

export type PublishOutcome = 'written' | 'unchanged' | 'refused';

export interface FileKeeper extends HeldFiles {
  /** Nobody else touches the files until `work` is done. */
  exclusively<R>(work: (held: HeldFiles) => Promise<R>): Promise<R>;
  /** Whether HAProxy takes the text, with a server in each backend. */
  probe(sections: Sections, servers: ServersByBackend): Promise<CheckResult>;
}

export interface HeldFiles {
  read(): Promise<string | undefined>;
  /** Checked and put in place; `refused` leaves the old text there and says why in the log. */
  publish(sections: Sections, servers: ServersByBackend): Promise<PublishOutcome>;
  putBack(text: string): Promise<void>;
  saveServerStates(sections: Sections, serversState: string): Promise<void>;
}

export interface FileKeeperOptions {
  readonly file: ConfigFile;
  readonly state: RunningState;
  readonly logger: Logger;
}

export function createFileKeeper(options: FileKeeperOptions): FileKeeper {
  const { file, state } = options;
  const exclusive = createExclusive();
  const held: HeldFiles = {
    read: file.read,
    publish: (sections, servers) => publish(options, sections, servers),
    putBack: file.putBack,
    saveServerStates: async ({ serverStatePath }, serversState) => {
      if (serverStatePath === undefined) return;
      const isRetiring = (backend: string, server: string): boolean =>
        state.retiring.has(serverKey(backend, server));
      await writeFileAtomically(serverStatePath, serverStateText(serversState, isRetiring));
    },
  };
  return {
    exclusively: (work) => exclusive(() => work(held)),
    probe: (sections, servers) =>
      exclusive(() => file.check(renderConfig(sections, withProbes(sections, servers)))),
    read: () => exclusive(held.read),
    publish: (sections, servers) => exclusive(() => held.publish(sections, servers)),
    putBack: (text) => exclusive(() => held.putBack(text)),
    saveServerStates: (sections, text) => exclusive(() => held.saveServerStates(sections, text)),
  };
}

async function publish(
  { file, state, logger }: FileKeeperOptions,
  sections: Sections,
  servers: ServersByBackend,
): Promise<PublishOutcome> {
  const text = renderConfig(sections, servers);
  const result = await file.publish(text);
  if (result.ok) return 'change' in result ? result.change : 'unchanged';
  const lines = text.split('\n');
  const blamed = new Set(result.lines.map((number) => lines[number - 1]?.trim()));
  logger.error('config-refused', { by: 'haproxy -c', output: result.output });
  for (const settings of sections.backends) {
    for (const line of servers.get(settings.backend) ?? []) {
      if (!blamed.has(formatServerLine(line)) || !hasOwnWords(settings, line)) continue;
      // The next pass does without it; the other instances serve.
      state.refusedLines.add(refusedKey(settings.backend, line));
    }
  }
  return 'refused';
}

/** Words from the registry may be to blame; those from the configuration are everybody's. */
function hasOwnWords({ serverOptions }: BackendSettings, { words }: ServerLine): boolean {
  const common = new Set([...serverOptions.split(/\s+/), 'id', 'cookie']);
  return words.some((word, index) => !common.has(word) && !common.has(words[index - 1] ?? ''));
}

/** A mistake in `server_options` shows before there is an instance. */
function withProbes(sections: Sections, servers: ServersByBackend): ServersByBackend {
  return new Map(
    sections.backends.map(({ backend, serverOptions }) => {
      const lines = servers.get(backend) ?? [];
      const words = serverOptions
        .replace(/%\{\w+\}/g, '1')
        .split(/\s+/)
        .filter((word) => word !== '');
      const probe = { name: 'synapse-probe', address: '127.0.0.1:1', words };
      return [backend, lines.length === 0 ? [probe] : lines];
    }),
  );
}
