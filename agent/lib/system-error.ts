/** The world's fault, such as a full disk, which may pass; any other error is a fault of ours. */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
