import { all, type Output, output, runtime } from '@pulumi/pulumi';

/**
 * `next` once all of these are told, and `last` where one of them failed or was not come to. What stays
 * unknown instead, Pulumi would save as nothing, and the next run would not know what there was.
 */
export function onceSo<T>(told: readonly Output<unknown>[], next: T, last: T): Output<T> {
  const isSo = async (): Promise<boolean> => runtime.isDryRun() || (await isKnown(all([...told])));
  return output(isSo()).apply((so) => (so ? next : last));
}

/** Of what failed, the SDK tells no value, and says so only where values are serialized. */
async function isKnown(value: Output<unknown>): Promise<boolean> {
  const serialized: unknown = await runtime.serializeProperty('told', value, new Set());
  return serialized !== runtime.unknownValue;
}
