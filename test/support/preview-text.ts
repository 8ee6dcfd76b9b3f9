/** What a preview says of a changed program, from what mocks recorded of it before and after. */
import { planList } from '../../infra/cli/progress/plan-list.ts';
import { createStyle } from '../../infra/cli/progress/style.ts';
import type { Goal } from '../../infra/engine/goal.ts';
import { planStep } from '../../infra/engine/plan.ts';
import { viewOf } from '../../infra/engine/preview-step.ts';
import { propertyChanges } from '../../infra/engine/property-changes.ts';
import type { Entry } from '../../infra/engine/state.ts';
import { toValueMap } from '../../infra/engine/values.ts';
import type { RecordedResource } from './pulumi-recorder.ts';

type Resources = ReadonlyMap<string, RecordedResource>;

/** Sorted by name: in which order a program comes to its resources is chance. */
export function previewText(before: Resources, after: Resources): string {
  const done = carriedOut(before).map(entryOf);
  const steps = carriedOut(after).map((goal) =>
    planStep(
      goal,
      done.find(({ name }) => name === goal.name),
    ),
  );
  const planned = steps
    .filter(({ kind }) => kind !== 'same')
    .map((step) => ({ step: viewOf(step), changes: propertyChanges(step) }));
  const gone = done
    .filter(({ name }) => !after.has(name))
    .map(({ urn, type, name }) => ({
      step: { urn, type, name, kind: 'delete' as const },
      changes: [],
    }));
  const events = [...planned, ...gone].map((one) => ({ kind: 'planned' as const, ...one }));
  return planList(events, createStyle(false)).join('\n');
}

function carriedOut(resources: Resources): readonly Goal[] {
  return [...resources.values()]
    .filter(({ type }) => type.startsWith('command:'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ type, name, inputs, options }) => ({
      ...{ urn: name, type, name, inputs: toValueMap(inputs), dependencies: [], aliases: [] },
      options: {
        ...{ protect: false, retainOnDelete: false, deletedWith: undefined },
        deleteBeforeReplace: options.deleteBeforeReplace ?? false,
        ...{ ignoreChanges: [], replaceOnChanges: [], additionalSecretOutputs: [] },
      },
    }));
}

function entryOf({ aliases: _, ...goal }: Goal): Entry {
  return { ...goal, id: goal.urn, outputs: {}, pending: undefined, obsolete: false };
}
