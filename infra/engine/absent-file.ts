/** For `catch`: a file that does not exist is `undefined`, anything else stays an error. */
export function absentFile(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
