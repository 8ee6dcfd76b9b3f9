/**
 * How much each server of a backend gets, by what HAProxy finds up: who drains gets nothing, and
 * the own zone goes first. Pure; only weights differ from the lines that come in.
 */
import type { ZoneConfig } from '../../config/synapse-guard.ts';
import type { Instance } from '../instance.ts';
import { drained, type ServerLine, weighted, weightOf } from './server-line.ts';

export interface Candidate {
  readonly line: ServerLine;
  readonly draining: boolean;
  /** HAProxy would send it requests if its weight let it. */
  readonly up: boolean;
  readonly labels: Instance['labels'];
}

const maxWeight = 256;
/** Of servers in other zones: enough for HAProxy to go on there at once, without synapse. */
const trace = 1;

export function balance(
  candidates: readonly Candidate[],
  zone: ZoneConfig | undefined,
): readonly ServerLine[] {
  // Who wants no new traffic gets it all the same where no other could take it.
  const mustDrain = candidates.some(({ draining, up }) => up && !draining);
  const isOut = ({ draining }: Candidate): boolean => draining && mustDrain;
  const inService = candidates.filter((one) => !isOut(one));
  const weights =
    zone !== undefined && prefersOwn(inService, zone) ? zoneWeights(inService, zone) : undefined;
  return candidates.map((one) => {
    if (isOut(one)) return drained(one.line);
    const weight = weights?.get(one);
    return weight === undefined ? one.line : weighted(one.line, weight);
  });
}

/** Whether what is up of the own zone is not much less than what is up of a zone on average. */
export function prefersOwn(
  candidates: readonly Pick<Candidate, 'up' | 'labels'>[],
  { label, value, min_share: share }: ZoneConfig,
): boolean {
  const zones = new Set(candidates.map(({ labels }) => labels[label]));
  const up = candidates.filter((one) => one.up);
  const own = up.filter(({ labels }) => labels[label] === value);
  return own.length > 0 && own.length >= (share * up.length) / zones.size;
}

/** The own zone's as high as they go in proportion, so that a trace elsewhere is next to nothing. */
function zoneWeights(
  candidates: readonly Candidate[],
  { label, value }: ZoneConfig,
): ReadonlyMap<Candidate, number> {
  const isOwn = ({ labels }: Candidate): boolean => labels[label] === value;
  const weight = ({ line }: Candidate): number => weightOf(line) ?? 1;
  const highest = Math.max(1, ...candidates.filter(isOwn).map(weight));
  const factor = Math.floor(maxWeight / highest);
  return new Map(
    candidates.map((one) => [
      one,
      isOwn(one) ? weight(one) * factor : Math.min(trace, weight(one)),
    ]),
  );
}
