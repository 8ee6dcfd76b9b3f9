/** Where moments of a drill stand in its picture. */
export interface TimeScale {
  readonly fromAtMs: number;
  readonly spanMs: number;
}

/** From the left edge, in percent with two decimals; never outside. */
export function place({ fromAtMs, spanMs }: TimeScale, atMs: number): number {
  const percent = ((atMs - fromAtMs) / spanMs) * 100;
  return Math.round(Math.min(100, Math.max(0, percent)) * 100) / 100;
}

/** `left` and `width` of what lasts. */
export function stretch(
  scale: TimeScale,
  fromAtMs: number,
  toAtMs: number,
): { readonly left: number; readonly width: number } {
  const left = place(scale, fromAtMs);
  return { left, width: Math.round((place(scale, toAtMs) - left) * 100) / 100 };
}

const stepsMs = [
  1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_200_000,
] as const;
const maxTicks = 6;
/** Further right there is no room for a tick's text. */
const lastTick = 90;

export interface Tick {
  readonly left: number;
  readonly text: string;
}

/** A few round times since the start. */
export function ticks(scale: TimeScale): readonly Tick[] {
  const fits = stepsMs.find((step) => scale.spanMs / step <= maxTicks);
  const stepMs = fits ?? Math.ceil(scale.spanMs / maxTicks / 3_600_000) * 3_600_000;
  const times = Array.from(
    { length: Math.floor(scale.spanMs / stepMs) + 1 },
    (_, index) => index * stepMs,
  );
  return times
    .map((ms) => ({ left: place(scale, scale.fromAtMs + ms), text: tickText(ms, stepMs) }))
    .filter(({ left }) => left <= lastTick);
}

function tickText(ms: number, stepMs: number): string {
  return stepMs < 60_000 || ms === 0 ? `${ms / 1_000} s` : `${ms / 60_000} min`;
}
