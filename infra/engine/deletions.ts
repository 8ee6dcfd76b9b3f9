import { opened } from './apply-step.ts';
import { type Deletion, planDeletions } from './deletion-order.ts';
import type { DeploymentTools } from './deployment.ts';
import { CutOffError, describeFailure, type Failure, type StepView } from './events.ts';
import { executorOf } from './executors/registry.ts';
import { type Entry, withoutEntry } from './state.ts';

/**
 * Removes resources, dependents first. Where one fails, what it depends on stays; the rest goes.
 * Resolves to the failures.
 */
export async function removeAll(
  doomed: readonly Entry[],
  tools: DeploymentTools,
): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  const jobs = new Map<string, Promise<boolean>>();
  const deletions = new Map(planDeletions(doomed).map((item) => [item.entry.id, item] as const));
  const start = (id: string): Promise<boolean> => {
    const known = jobs.get(id);
    if (known !== undefined) return known;
    const deletion = deletions.get(id);
    if (deletion === undefined) return Promise.resolve(true);
    // Registered before it starts: whoever asks in between waits for the same one.
    const job = Promise.resolve().then(async () => {
      const cleared = await Promise.all(deletion.after.map(start));
      return removeOne(deletion, cleared.every(Boolean), tools, failures);
    });
    jobs.set(id, job);
    return job;
  };
  await Promise.all([...deletions.keys()].map(start));
  return failures;
}

/** Resolves to whether the resource is gone. */
async function removeOne(
  deletion: Deletion,
  cleared: boolean,
  tools: DeploymentTools,
  failures: Failure[],
): Promise<boolean> {
  const { entry } = deletion;
  const step: StepView = { urn: entry.urn, type: entry.type, name: entry.name, kind: 'delete' };
  const obstacle = obstacleTo(deletion, cleared, tools);
  if (obstacle !== undefined) {
    tools.report({ kind: 'skipped', step, because: obstacle });
    if (deletion.how === 'refuse') failures.push(refusal(entry, obstacle));
    return false;
  }
  if (tools.mode === 'preview') {
    tools.report({ kind: 'planned', step, changes: [] });
    return true;
  }
  const startedAt = performance.now();
  tools.report({ kind: 'started', step });
  try {
    if (deletion.how === 'run') await runRemove(entry, step, tools);
    await tools.file.change((state) => withoutEntry(state, entry.id));
    tools.report({ kind: 'finished', step, ms: performance.now() - startedAt });
    return true;
  } catch (error) {
    const cause = tools.kill.aborted ? new CutOffError() : error;
    const failure = describeFailure(entry.name, cause, tools.mask);
    failures.push(failure);
    tools.report({ kind: 'failed', step, ms: performance.now() - startedAt, failure });
    return false;
  }
}

function obstacleTo(
  deletion: Deletion,
  cleared: boolean,
  tools: DeploymentTools,
): string | undefined {
  if (tools.stop.aborted) return 'interrupted';
  if (!cleared) return 'something that depends on it is still there';
  return deletion.how === 'refuse' ? 'it is protected' : undefined;
}

function refusal(entry: Entry, message: string): Failure {
  const hint = 'Take `protect` off in the program and run `up` first.';
  return { name: entry.name, message, lastLines: [], hint };
}

async function runRemove(entry: Entry, step: StepView, tools: DeploymentTools): Promise<void> {
  const { ssh, kill, directory, mask, report } = tools;
  mask.learn(entry.inputs);
  const onLine = (line: string): void => report({ kind: 'line', step, line: mask.apply(line) });
  const context = { ssh, signal: kill, directory, onLine };
  await executorOf(entry.type).remove(opened(entry), context);
}
