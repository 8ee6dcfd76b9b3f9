/** Runs part of a Pulumi program against mocks and records what it would create. */
import * as pulumi from '@pulumi/pulumi';

export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** URNs and names of what it waits for, as its options say. */
  readonly dependsOn: readonly string[];
}

/** Resources that `program` registers, by name. */
export async function recordResources(
  program: () => void | Promise<void>,
): Promise<ReadonlyMap<string, RecordedResource>> {
  const inputs = new Map<string, { type: string; inputs: Readonly<Record<string, unknown>> }>();
  const dependencies = new Map<string, readonly string[]>();
  await pulumi.runtime.setMocks({
    newResource: ({ name, type, inputs: given }) => {
      inputs.set(name, { type, inputs: given });
      return { id: `${name}-id`, state: { ...given, stdout: '', stderr: '' } };
    },
    call: () => ({}),
  });
  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(({ name, opts, props }) => {
      dependencies.set(name, namesOf(opts));
      return { props, opts };
    });
    await program();
  });
  await pulumi.runtime.disconnect();
  return new Map(
    [...inputs].map(([name, recorded]) => [
      name,
      { name, ...recorded, dependsOn: dependencies.get(name) ?? [] },
    ]),
  );
}

function namesOf(options: pulumi.CustomResourceOptions): readonly string[] {
  const { dependsOn } = options;
  if (!Array.isArray(dependsOn)) return [];
  return dependsOn.flatMap((item) => {
    const name: unknown = Reflect.get(Object(item), '__name');
    return typeof name === 'string' ? [name] : [];
  });
}
