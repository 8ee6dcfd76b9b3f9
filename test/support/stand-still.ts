/** Keeps the process from doing anything else, as one does that gets no processor. */
export function standStill(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}
