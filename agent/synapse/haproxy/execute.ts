/** Each kind of step as commands on the runtime socket. */
import type { AdminSocket } from './admin.ts';
import type { Step } from './plan.ts';
import type { Uses } from './uses.ts';

export type Outcome =
  | { readonly kind: 'done' }
  /** Requests are still on the server: ask again later. */
  | { readonly kind: 'busy' }
  /** Not before this time is over. */
  | { readonly kind: 'resting'; readonly forMs: number }
  /** HAProxy said no; `reason` is its answer. */
  | { readonly kind: 'refused'; readonly reason: string };

type Executors = {
  readonly [Kind in Step['kind']]: (
    step: Extract<Step, { kind: Kind }>,
    admin: AdminSocket,
    uses: Uses,
  ) => Promise<Outcome>;
};

const done: Outcome = { kind: 'done' };

/** Words that would mean more than themselves on HAProxy's command line. */
const special = /[;"'\\#$<>|&]/;

const executors: Executors = {
  /** In one line, so that HAProxy does all of it or nothing. */
  'add-server': async ({ backend, server, line, inheritedWords }, admin) => {
    // `enabled` leaves a dynamic server half-made on 2.6: haproxy/haproxy#2497.
    const words = withoutFlag([...inheritedWords, ...line.words], 'enabled');
    const name = `${backend}/${server}`;
    const command = [`add server ${name}`, line.address, ...words].join(' ');
    if (special.test(command)) return { kind: 'refused', reason: 'its options need quoting' };
    const start = startCommands(name, words.includes('check'), line.checkFirst);
    const answer = await admin.ask(`${command}; ${start}`);
    if (/^New server registered/m.test(answer)) return done;
    return { kind: 'refused', reason: oneLine(answer) };
  },
  'finish-adding': ({ backend, server, checkFirst }, admin) =>
    expectSilence(admin, startCommands(`${backend}/${server}`, true, checkFirst)),
  'retire-server': ({ backend, server }, admin) =>
    expectSilence(admin, `set server ${backend}/${server} state maint`),
  'restore-server': async ({ backend, server, to, checkFirst }, admin) => {
    if (to === 'maint') return done;
    const name = `${backend}/${server}`;
    const check = checkFirst ? `; ${holdBack(name)}` : '';
    return await expectSilence(admin, `set server ${name} state ${to}${check}`);
  },
  'delete-server': async (step, admin, uses) => {
    // HAProxy can crash where it deletes a server in use; before 2.9: haproxy/haproxy#2298.
    const use = await uses.of(step);
    if (use === 'gone') return done;
    if (use === 'counted') return { kind: 'busy' };
    if (use > 0) return { kind: 'resting', forMs: use };
    const answer = await admin.ask(`del server ${step.backend}/${step.server}`);
    if (/^(?:Server deleted|No such server)/m.test(answer)) return done;
    return /still has connections|queue/i.test(answer)
      ? { kind: 'busy' }
      : { kind: 'refused', reason: oneLine(answer) };
  },
  'set-weight': ({ backend, server, weight }, admin) =>
    expectSilence(admin, `set server ${backend}/${server} weight ${weight}`),
  'set-address': async ({ backend, server, line }, admin) => {
    const colon = line.address.lastIndexOf(':');
    const address = line.address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
    const target = `${address} port ${line.address.slice(colon + 1)}`;
    const answer = await admin.ask(`set server ${backend}/${server} addr ${target}`);
    return /changed|no need/i.test(answer) ? done : { kind: 'refused', reason: oneLine(answer) };
  },
};

/** Rejects with `AdminError` when HAProxy does not answer. */
export function executeStep<Kind extends Step['kind']>(
  step: Extract<Step, { kind: Kind }>,
  admin: AdminSocket,
  uses: Uses,
): Promise<Outcome> {
  const execute: Executors[Kind] = executors[step.kind];
  return execute(step, admin, uses);
}

/**
 * In this order the server is up at once: nerve's checks have passed, or it would not be registered.
 * Held back last, it is down until its first checks pass; any other order leaves it up before them.
 */
function startCommands(name: string, isChecked: boolean, checkFirst: true | undefined): string {
  const health = isChecked ? [`enable health ${name}`] : [];
  const hold = isChecked && checkFirst ? [holdBack(name)] : [];
  return [...health, `set server ${name} state ready`, ...hold].join('; ');
}

function holdBack(name: string): string {
  return `set server ${name} health down`;
}

/** These commands answer with nothing but an empty line when they succeed. */
async function expectSilence(admin: AdminSocket, command: string): Promise<Outcome> {
  const answer = oneLine(await admin.ask(command));
  return answer === '' ? done : { kind: 'refused', reason: answer };
}

/** Answers reach the log: one line, printable, not endless. */
function oneLine(answer: string): string {
  return answer
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
}

function withoutFlag(words: readonly string[], flag: string): readonly string[] {
  return words.filter((one) => one !== flag);
}
