import type { Clock } from '../../lib/clock.ts';

/** A time at which rounds of several services start together. */
export interface Meeting {
  readonly atMs: number;
  readonly members: number;
}

/** Shared by the services of a process. */
export interface Company {
  /** A time between the two, together with others where some meet then. */
  join(earliestMs: number, latestMs: number, last: Meeting | undefined): Meeting;
}

/** More would delay each other. */
const mostMembers = 10;
/** How often the earliest time is taken. */
const hurryShare = { alone: 0.5, together: 0.2 };

/**
 * Waking up costs a process more than a check: rounds that may start a little earlier start with
 * others, a few at a time. Who is alone takes the earliest time or the latest, by chance, and so meets
 * somebody sooner or later; who is not takes the latest, but now and then.
 */
export function createCompany({ clock, random }: CompanyOptions): Company {
  let meetings: Open[] = [];
  let prunedMs = Number.NEGATIVE_INFINITY;
  const prune = (nowMs: number): void => {
    if (nowMs - prunedMs < pruneMs) return;
    prunedMs = nowMs;
    meetings = meetings.filter(({ atMs }) => atMs >= nowMs);
  };
  const open = (earliestMs: number, latestMs: number, last: Meeting | undefined): number => {
    const wasAlone = last === undefined || last.members < 2;
    const hurries = random() < (wasAlone ? hurryShare.alone : hurryShare.together);
    const atMs = hurries ? earliestMs : latestMs;
    // Those who meet there are as many as may.
    const isTaken = meetings.some((one) => one.atMs === atMs);
    return isTaken ? earliestMs + random() * (latestMs - earliestMs) : atMs;
  };
  return {
    join: (earliestMs, latestMs, last) => {
      prune(clock.now());
      let best: Open | undefined;
      for (const one of meetings) {
        const fits = one.atMs >= earliestMs && one.atMs <= latestMs && one.members < mostMembers;
        if (fits && (best === undefined || one.members > best.members)) best = one;
      }
      if (best === undefined) {
        best = { atMs: open(earliestMs, latestMs, last), members: 0 };
        meetings.push(best);
      }
      best.members += 1;
      return best;
    },
  };
}

export interface CompanyOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

interface Open extends Meeting {
  members: number;
}

const pruneMs = 1_000;
