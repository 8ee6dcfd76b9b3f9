/** Milliseconds since the epoch that never step, whatever becomes of the host's clock meanwhile. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}
