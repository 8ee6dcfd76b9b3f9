/** What everything made in AWS is marked with. */

export type Tags = Readonly<Record<string, string>>;

/** Gives the tags of a thing by its name within the environment. */
export type TagsOf = (name: string) => Tags;

/** @param tags Those of the configuration. */
export function tagsFor(environment: string, tags: Tags): TagsOf {
  return (name) => ({
    ...tags,
    Name: `${environment} ${name}`,
    'smartstack:environment': environment,
  });
}
