/** What `pulumi stack export` gives and `pulumi stack import` takes. */
import { z } from 'zod';
import { hostOf } from '../../engine/goal.ts';

const urns = z.array(z.string());

const resourceSchema = z.looseObject({
  urn: z.string(),
  dependencies: urns.nullish(),
  propertyDependencies: z.record(z.string(), urns.nullish()).nullish(),
});

const exportedSchema = z.looseObject({
  deployment: z.looseObject({ resources: z.array(resourceSchema).default([]) }),
});

type ExportedResource = z.output<typeof resourceSchema>;

/** Without what stands on these hosts; nothing else may depend on it then. */
export function withoutHosts(
  text: string,
  hosts: readonly string[],
): { readonly text: string; readonly dropped: number } {
  const exported = exportedSchema.parse(JSON.parse(text));
  const { resources } = exported.deployment;
  const goes = (urn: string): boolean => hosts.includes(hostOf(urn.split('::').at(-1) ?? ''));
  const stay = resources.filter(({ urn }) => !goes(urn)).map((one) => withoutUrns(one, goes));
  const deployment = { ...exported.deployment, resources: stay };
  const dropped = resources.length - stay.length;
  return { text: JSON.stringify({ ...exported, deployment }), dropped };
}

function withoutUrns(resource: ExportedResource, goes: (urn: string) => boolean): ExportedResource {
  const { dependencies, propertyDependencies } = resource;
  const kept = (list: readonly string[] | null | undefined): string[] =>
    (list ?? []).filter((urn) => !goes(urn));
  return {
    ...resource,
    ...(dependencies && { dependencies: kept(dependencies) }),
    ...(propertyDependencies && {
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([key, list]) => [key, kept(list)]),
      ),
    }),
  };
}
