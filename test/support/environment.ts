/** Runs `work` with these variables in the environment; `undefined` takes one out. */
export async function withEnvironment<T>(
  variables: NodeJS.ProcessEnv,
  work: () => Promise<T>,
): Promise<T> {
  const before = process.env;
  process.env = { ...before, ...variables };
  try {
    return await work();
  } finally {
    process.env = before;
  }
}
