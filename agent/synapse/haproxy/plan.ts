/** What should be, what is → the steps between. Pure. */
import type { ActualServer, AdminState } from './answers.ts';
import type { ServersByBackend } from './render.ts';
import type { BackendSettings } from './sections.ts';
import type { ServerIndex } from './server-index.ts';
import { formatAddress, type ServerLine, sameOptions, weightOf } from './server-line.ts';

export type Step =
  | {
      readonly kind: 'add-server';
      readonly backend: string;
      readonly server: string;
      readonly line: ServerLine;
      readonly inheritedWords: readonly string[];
    }
  /** Lets it take requests at last: its adding was cut off. */
  | {
      readonly kind: 'finish-adding';
      readonly backend: string;
      readonly server: string;
      readonly checkFirst?: true;
    }
  /** Into maintenance: no new requests, and none is cut. `was` comes back with the instance. */
  | {
      readonly kind: 'retire-server';
      readonly backend: string;
      readonly server: string;
      readonly was: AdminState;
    }
  /** Its instance is back before it was deleted. */
  | {
      readonly kind: 'restore-server';
      readonly backend: string;
      readonly server: string;
      readonly to: AdminState;
      readonly checkFirst?: true;
    }
  /** Waits for the end of its last request. */
  | {
      readonly kind: 'delete-server';
      readonly backend: string;
      readonly backendId: number;
      readonly server: string;
    }
  | {
      readonly kind: 'set-weight';
      readonly backend: string;
      readonly server: string;
      readonly weight: number;
    }
  | {
      readonly kind: 'set-address';
      readonly backend: string;
      readonly server: string;
      readonly line: ServerLine;
    };

export interface Plan {
  readonly steps: readonly Step[];
  /** Why the running process needs new text; empty when the steps are all it takes. */
  readonly reloadReasons: readonly string[];
}

export interface Desired {
  readonly fingerprint: string;
  readonly backends: readonly BackendSettings[];
  readonly servers: ServersByBackend;
}

export interface Actual {
  readonly fingerprint: string | undefined;
  /** Looked at where the fingerprint differs: which of the desired backends exist. */
  readonly backends: ReadonlySet<string>;
  readonly index: ServerIndex;
}

/** What synapse remembers of its own deeds; flat keys are `serverKey`s. */
export interface Memory {
  /** Backend → server → the line by which it was made. */
  readonly applied: ReadonlyMap<string, ReadonlyMap<string, ServerLine>>;
  /** Servers that synapse itself put into maintenance, and what they were before. */
  readonly retiring: ReadonlyMap<string, AdminState>;
  /** Servers that may have the weight they were told last, or the one before: no answer came. */
  readonly unansweredWeights: ReadonlySet<string>;
  /** `stepKey`s that this HAProxy process said no to. */
  readonly refused: ReadonlySet<string>;
}

export function stepKey({ kind, backend, server }: Step): string {
  return `${kind} ${serverKey(backend, server)}`;
}

export function serverKey(backend: string, server: string): string {
  return `${backend}/${server}`;
}

/** HAProxy takes no slash in a backend's name. */
export function partsOf(key: string): { readonly backend: string; readonly server: string } {
  const slash = key.indexOf('/');
  return { backend: key.slice(0, slash), server: key.slice(slash + 1) };
}

/**
 * Undoes no state but what synapse itself set: drain, maintenance and weight set by hand on a
 * server that should be there stay.
 */
export function planSteps(desired: Desired, actual: Actual, memory: Memory): Plan {
  const sameText = desired.fingerprint === actual.fingerprint;
  const plans = desired.backends
    .filter(({ backend }) => sameText || actual.backends.has(backend))
    .map((settings) => {
      const lines = desired.servers.get(settings.backend) ?? [];
      return planBackend(settings, lines, actual.index.get(settings.backend) ?? new Map(), memory);
    });
  const textReason = sameText ? [] : ['the text changed'];
  return {
    steps: inTurn(plans.map(({ steps }) => steps)),
    reloadReasons: [...textReason, ...plans.flatMap(({ reloadReasons }) => reloadReasons)],
  };
}

/**
 * Who has few waits for nobody who has a thousand, and deletions, which no traffic depends on, are
 * last of all.
 */
function inTurn(backends: readonly (readonly Step[])[]): readonly Step[] {
  const steps = backends.toSorted((a, b) => a.length - b.length).flat();
  const isDeletion = ({ kind }: Step): boolean => kind === 'delete-server';
  return [...steps.filter((step) => !isDeletion(step)), ...steps.filter(isDeletion)];
}

function planBackend(
  settings: BackendSettings,
  lines: readonly ServerLine[],
  running: ReadonlyMap<string, ActualServer>,
  memory: Memory,
): Plan {
  const wanted = new Set(lines.map(({ name }) => name));
  const plans = lines.map((line) => planServer(settings, line, running.get(line.name), memory));
  const leaving = [...running.values()]
    .filter(({ name }) => !wanted.has(name) && !isUsersOwn(settings, name))
    .map((server) => planLeaving(server, memory));
  // Arrivals first: a service whose only instance is replaced is never without one.
  const all = [...plans, ...leaving];
  return {
    steps: all.flatMap(({ steps }) => steps),
    reloadReasons: all.flatMap(({ reloadReasons }) => reloadReasons),
  };
}

function planServer(
  { backend, inheritedWords }: BackendSettings,
  line: ServerLine,
  running: ActualServer | undefined,
  { applied, retiring, unansweredWeights, refused }: Memory,
): Plan {
  const server = line.name;
  const key = serverKey(backend, server);
  if (running === undefined) {
    return settle([{ kind: 'add-server', backend, server, line, inheritedWords }], refused);
  }
  const before = applied.get(backend)?.get(server) ?? line;
  if (!sameOptions(before, line)) return reload(`the options of ${key} changed`);
  const steps: Step[] = [];
  const weight = weightOf(line) ?? 1;
  if (
    weight !== (weightOf(before) ?? 1) ||
    (unansweredWeights.has(key) && weight !== running.weight)
  ) {
    steps.push({ kind: 'set-weight', backend, server, weight });
  }
  if (formatAddress(running.address, running.port) !== line.address) {
    steps.push({ kind: 'set-address', backend, server, line });
  }
  // Last: it comes back as it shall be.
  const was = retiring.get(key);
  const isChecked = [...inheritedWords, ...line.words].includes('check');
  const admission = line.checkFirst && isChecked ? { checkFirst: line.checkFirst } : {};
  if (was !== undefined) {
    steps.push({ kind: 'restore-server', backend, server, to: was, ...admission });
  } else if (running.unfinished) {
    steps.push({ kind: 'finish-adding', backend, server, ...admission });
  }
  return settle(steps, refused);
}

/** What HAProxy would not do at run time takes new text, where text can do it at all. */
function settle(steps: readonly Step[], refused: ReadonlySet<string>): Plan {
  const needsText = steps.filter((step) => refused.has(stepKey(step)) && byText.has(step.kind));
  return {
    steps: steps.filter((step) => !refused.has(stepKey(step))),
    reloadReasons: needsText.map((step) => `HAProxy refused at run time: ${stepKey(step)}`),
  };
}

/** Not the deletion: who is in maintenance gets no traffic, and goes with the next text. */
const byText: ReadonlySet<Step['kind']> = new Set([
  'add-server',
  'retire-server',
  'set-weight',
  'set-address',
]);

function planLeaving(
  { backend, backendId, name: server, admin }: ActualServer,
  { retiring, refused }: Memory,
): Plan {
  const was = retiring.get(serverKey(backend, server)) ?? admin;
  const step: Step =
    admin === 'maint'
      ? { kind: 'delete-server', backend, backendId, server }
      : { kind: 'retire-server', backend, server, was };
  return settle([step], refused);
}

/** Servers that stand in the user's own lines of the backend. */
function isUsersOwn({ ownServers }: BackendSettings, name: string): boolean {
  return ownServers.some((own) =>
    own.endsWith('*') ? name.startsWith(own.slice(0, -1)) : name === own,
  );
}

function reload(reason: string): Plan {
  return { steps: [], reloadReasons: [reason] };
}
