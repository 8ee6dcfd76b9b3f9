/** Runs part of a Pulumi program against mocks and records what it would create. */
import * as pulumi from '@pulumi/pulumi';

export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** URNs and names of what it waits for, as its options say. */
  readonly dependsOn: readonly string[];
  readonly options: pulumi.CustomResourceOptions;
}

export interface RecorderOptions {
  /** What is known of a resource only once it is made, beside its inputs. */
  readonly outputs?: (resource: pulumi.runtime.MockResourceArgs) => object;
  /** Answers of functions such as `aws:ec2/getAmi:getAmi`. */
  readonly call?: (call: pulumi.runtime.MockCallArgs) => Readonly<Record<string, unknown>>;
}

/** Resources that `program` registers, by name. */
export async function recordResources(
  program: () => void | Promise<void>,
  { outputs = () => ({}), call = () => ({}) }: RecorderOptions = {},
): Promise<ReadonlyMap<string, RecordedResource>> {
  const inputs = new Map<string, { type: string; inputs: Readonly<Record<string, unknown>> }>();
  const seen = new Map<string, pulumi.CustomResourceOptions>();
  await pulumi.runtime.setMocks(
    {
      newResource: (resource) => {
        const { name, type, inputs: given } = resource;
        inputs.set(name, { type, inputs: given });
        const state = { ...given, stdout: '', stderr: '', ...outputs(resource) };
        return { id: `${name}-id`, state };
      },
      call,
    },
    'project',
    'stack',
    false,
    'organization',
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(({ name, opts, props }) => {
      seen.set(name, opts);
      return { props, opts };
    });
    await program();
  });
  await pulumi.runtime.disconnect();
  return new Map(
    [...inputs].map(([name, recorded]) => {
      const options = seen.get(name) ?? {};
      return [name, { name, ...recorded, dependsOn: namesOf(options), options }];
    }),
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
