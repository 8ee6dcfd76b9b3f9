import { randomBytes } from 'node:crypto';
import { nothingRan } from './events.ts';
import type { Executor, StepContext } from './executors/executor.ts';
import type { Goal } from './goal.ts';
import type { Step } from './plan.ts';
import { type Entry, withEntry, withoutEntry, withoutTree } from './state.ts';
import type { StateFile } from './state-file.ts';
import { isSecret, revealMap, secret, type ValueMap } from './values.ts';

export interface ApplyTools {
  readonly executor: Executor;
  readonly context: StepContext;
  readonly file: StateFile;
}

/**
 * Carries one step out. The state says `pending` before anything happens on a host, so that a
 * run cut off at any instruction is repeated from here.
 */
export async function applyStep(step: Step, tools: ApplyTools): Promise<Entry> {
  switch (step.kind) {
    case 'same':
      return refresh(step.before, step.goal, tools);
    case 'create':
      return create(step.goal, step.before, tools);
    case 'update':
      return update(step.goal, step.before, tools);
    case 'replace':
      return replace(step.goal, step.before, step.deleteFirst, tools);
  }
}

// Options, dependencies and secret marks may have changed though nothing has to happen.
async function refresh(before: Entry, goal: Goal, { file }: ApplyTools): Promise<Entry> {
  const entry = { ...entryFor(goal, before.id, before.outputs), outputs: before.outputs };
  if (JSON.stringify(entry) === JSON.stringify(before)) return before;
  await file.change((state) => withEntry(state, entry));
  return entry;
}

async function create(
  goal: Goal,
  before: Entry | undefined,
  { executor, context, file }: ApplyTools,
): Promise<Entry> {
  const id = before?.id ?? randomBytes(16).toString('hex');
  const pending: Entry = { ...entryFor(goal, id, before?.outputs ?? {}), pending: 'create' };
  await file.change((state) => withEntry(state, pending));
  try {
    const outputs = await executor.create(revealMap(goal.inputs), context);
    const entry = entryFor(goal, id, marked(outputs, goal));
    await file.change((state) => withEntry(state, entry));
    return entry;
  } catch (error) {
    if (nothingRan(error) && before === undefined) {
      await file.change((state) => withoutEntry(state, id));
    }
    throw error;
  }
}

async function update(goal: Goal, before: Entry, tools: ApplyTools): Promise<Entry> {
  const { executor, context, file } = tools;
  // The old inputs stay until the new ones hold: the next run compares with them.
  await file.change((state) => withEntry(state, { ...before, pending: 'update' }));
  try {
    const outputs = await executor.update(opened(before), revealMap(goal.inputs), context);
    const entry = entryFor(goal, before.id, marked(outputs, goal));
    await file.change((state) => withEntry(state, entry));
    return entry;
  } catch (error) {
    if (nothingRan(error)) await file.change((state) => withEntry(state, before));
    throw error;
  }
}

async function replace(
  goal: Goal,
  before: Entry,
  deleteFirst: boolean,
  tools: ApplyTools,
): Promise<Entry> {
  const { executor, context, file } = tools;
  if (deleteFirst) {
    if (before.options.protect) throw new Error('it is protected and would have to be replaced');
    await executor.remove(opened(before), context);
    await file.change((state) => withoutTree(state, before));
  } else {
    await file.change((state) => withEntry(state, { ...before, obsolete: true }));
  }
  try {
    return await create(goal, undefined, tools);
  } catch (error) {
    if (!deleteFirst && nothingRan(error)) {
      await file.change((state) => withEntry(state, before));
    }
    throw error;
  }
}

/** What an executor sees of an entry. */
export function opened(entry: Entry): { readonly inputs: ValueMap; readonly outputs: ValueMap } {
  return { inputs: revealMap(entry.inputs), outputs: revealMap(entry.outputs) };
}

function entryFor(goal: Goal, id: string, outputs: ValueMap): Entry {
  const { urn, type, name, inputs, dependencies, options } = goal;
  return {
    ...{ urn, type, name, id, inputs, outputs, dependencies, options },
    ...{ pending: undefined, obsolete: false },
  };
}

/** Outputs with the secret marks of the inputs they repeat and of `additionalSecretOutputs`. */
export function marked(outputs: ValueMap, goal: Goal): ValueMap {
  const { additionalSecretOutputs } = goal.options;
  return Object.fromEntries(
    Object.entries(outputs).map(([key, plain]) => {
      const value = goal.inputs[key] ?? plain;
      const hide = additionalSecretOutputs.includes(key) && !isSecret(value);
      return [key, hide ? secret(value) : value];
    }),
  );
}
