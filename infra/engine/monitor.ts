import * as pulumi from '@pulumi/pulumi';
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
} from '@pulumi/pulumi/proto/resource_pb.js';
import { UnsupportedError } from './executors/registry.ts';
import { FormerUrns } from './former-urns.ts';
import { type Goal, makeUrn, type Outcome, stackType } from './goal.ts';
import { toValueMap, type ValueMap } from './values.ts';

export interface MonitorOptions {
  readonly project: string;
  readonly stack: string;
  readonly preview: boolean;
  /** The stack's outputs after its last run, for a reference to itself. */
  readonly lastOutputs: Readonly<Record<string, unknown>>;
  readonly register: (goal: Goal) => Promise<Outcome>;
  readonly onOutputs: (outputs: ValueMap) => void;
}

type Reply = (error: Error | null, response?: object) => void;

/** The `Result` of the resource protocol: with the latter two, outputs are unknown. */
const results: Readonly<Record<Outcome['kind'], number>> = { done: 0, failed: 1, skipped: 2 };

/**
 * Stands in for Pulumi's engine towards the SDK.
 *
 * `setMocks` installs a resource monitor inside the process. Its `newResource` hook gets neither
 * options nor dependencies, and can answer a failure only by throwing, which ends the program.
 * The registration request itself has everything, and its response can say that this resource
 * failed while the program goes on: so that one method of the monitor is ours.
 */
export async function installMonitor(options: MonitorOptions): Promise<void> {
  const { project, stack, preview } = options;
  await pulumi.runtime.setMocks(
    { newResource: (args) => readReference(args, options), call: refuseCall },
    project,
    stack,
    preview,
    // What a backend without organizations answers, too.
    'organization',
  );
  const monitor = pulumi.runtime.getMonitor();
  if (monitor === undefined) throw new Error('the Pulumi SDK did not install its monitor');
  const formerUrns = new FormerUrns({ project, stack });
  Object.assign(monitor, {
    registerResource: (request: RegisterResourceRequest, reply: Reply) => {
      registerResource(request, options, formerUrns).then(
        (response) => reply(null, response),
        reply,
      );
    },
    registerResourceOutputs: (request: RegisterResourceOutputsRequest, reply: Reply) => {
      const isStack = request.getUrn().split('::')[2] === stackType;
      if (isStack) options.onOutputs(toValueMap(request.getOutputs()?.toJavaScript()));
      reply(null, {});
    },
  });
}

async function registerResource(
  request: RegisterResourceRequest,
  options: MonitorOptions,
  formerUrns: FormerUrns,
): Promise<object> {
  const parent = request.getParent() || undefined;
  const urn = makeUrn(options, parent, request.getType(), request.getName());
  const inputs = toValueMap(request.getObject()?.toJavaScript());
  const aliases = formerUrns.of(request, urn);
  // Components and explicit providers have nothing to carry out.
  if (!request.getCustom() || request.getType().startsWith('pulumi:providers:')) {
    return response(urn, { kind: 'done', id: request.getCustom() ? urn : undefined, outputs: {} });
  }
  if (request.getImportid() !== '') throw new UnsupportedError('the option `import`');
  const outcome = await options.register(goalOf(request, urn, inputs, aliases));
  return response(urn, outcome);
}

/** Answers as the SDK reads it: through the getters of a RegisterResourceResponse. */
function response(urn: string, outcome: Outcome): object {
  const outputs = outcome.kind === 'done' ? outcome.outputs : {};
  return {
    getUrn: () => urn,
    getId: () => (outcome.kind === 'done' ? (outcome.id ?? '') : ''),
    getObject: () => ({ toJavaScript: () => outputs }),
    getPropertydependenciesMap: () => undefined,
    getResult: () => results[outcome.kind],
  };
}

function goalOf(
  request: RegisterResourceRequest,
  urn: string,
  inputs: ValueMap,
  aliases: readonly string[],
): Goal {
  const parent = request.getParent();
  const type = request.getType();
  const name = request.getName();
  const dependencies = new Set([...request.getDependenciesList(), parent]);
  return {
    ...{ urn, type, name, inputs, aliases },
    dependencies: [...dependencies].filter((dependency) => dependency !== '').sort(),
    options: {
      protect: request.getProtect() ?? false,
      retainOnDelete: request.getRetainondelete() ?? false,
      deleteBeforeReplace: request.getDeletebeforereplace(),
      ignoreChanges: request.getIgnorechangesList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      deletedWith: request.getDeletedwith() || undefined,
    },
  };
}

/** Only what is read, not registered, still comes through the mock hook. */
function readReference(
  args: pulumi.runtime.MockResourceArgs,
  { stack, lastOutputs }: MonitorOptions,
): pulumi.runtime.MockResourceResult {
  if (args.type !== 'pulumi:pulumi:StackReference') {
    throw new UnsupportedError(`reading a ${args.type}`);
  }
  const name = args.id ?? '';
  if (name.split('/').at(-1) !== stack) {
    throw new UnsupportedError(`a reference to another stack (${name})`);
  }
  return { id: name, state: { name, outputs: lastOutputs, secretOutputNames: [] } };
}

function refuseCall(args: pulumi.runtime.MockCallArgs): never {
  throw new UnsupportedError(`the function ${args.token}`);
}
