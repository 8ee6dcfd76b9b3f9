import { marked } from './apply-step.ts';
import type { EngineEvent, StepView } from './events.ts';
import type { Executor } from './executors/executor.ts';
import type { Outcome } from './goal.ts';
import type { Step } from './plan.ts';
import { propertyChanges } from './property-changes.ts';
import { withoutTree } from './state.ts';
import type { StateFile } from './state-file.ts';
import { unknownValue } from './values.ts';

interface PreviewTools {
  /** Opened read-only: changes stay in memory. */
  readonly file: StateFile;
  readonly report: (event: EngineEvent) => void;
}

/** Tells what a step would do; what only running it brings is unknown to the program. */
export async function previewStep(
  step: Step,
  executor: Executor,
  { file, report }: PreviewTools,
): Promise<Outcome> {
  const view = viewOf(step);
  if (step.kind === 'same') {
    report({ kind: 'unchanged', step: view });
    return { kind: 'done', id: step.before.id, outputs: step.before.outputs };
  }
  report({ kind: 'planned', step: view, changes: propertyChanges(step) });
  if (step.kind === 'replace' && step.deleteFirst) {
    await file.change((state) => withoutTree(state, step.before));
  }
  const unknown = Object.fromEntries(executor.computed.map((key) => [key, unknownValue]));
  const outputs = marked({ ...step.goal.inputs, ...unknown }, step.goal);
  return { kind: 'done', id: step.kind === 'update' ? step.before.id : undefined, outputs };
}

export function viewOf(step: Step): StepView {
  const { urn, type, name } = step.goal;
  return { urn, type, name, kind: step.kind };
}
