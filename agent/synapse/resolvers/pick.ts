/** What a toggle file says, and which watcher to draw by it: pure. */
import { createHash } from 'node:crypto';

/** Watcher → how likely it is drawn, in no unit. */
export type Weights = ReadonlyMap<string, number>;

/** Original: `validate_s3_file_schema`. `undefined` for anything but whole weights by name. */
export function toWeights(value: unknown): Weights | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const weights = new Map<string, number>();
  for (const [name, weight] of Object.entries(value)) {
    if (!Number.isSafeInteger(weight) || Number(weight) < 0) return undefined;
    weights.set(name, Number(weight));
  }
  return weights;
}

/** In [0, 1), spread evenly over hosts. */
export function placeOnDial(host: string, file: string): number {
  const digest = createHash('sha256').update(`${host}\n${file}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/** @param place uniform in [0, 1); `undefined` where all weights are 0 */
export function pickByWeight(weights: Weights, place: number): string | undefined {
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  let left = place * total;
  for (const [name, weight] of weights) {
    if (left < weight) return name;
    left -= weight;
  }
  return undefined;
}
