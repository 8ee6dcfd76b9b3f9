/** airbnb's files count in seconds. */
export function seconds(ms: number): number {
  return ms / 1_000;
}

export function maybeSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : seconds(ms);
}
