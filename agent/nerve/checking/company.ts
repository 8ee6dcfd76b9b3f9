import type { Clock } from '../../lib/clock.ts';

/** A time at which rounds of several services start together. */
export interface Meeting {
  readonly atMs: number;
  readonly members: number;
}

export interface MeetingWish {
  readonly earliestMs: number;
  readonly latestMs: number;
  /** Where nobody meets between the two who has room: from the first to the second. */
  readonly otherwiseMs: number;
}

/** Shared by the services of a process. Waking up costs it more than a check does. */
export interface Company {
  join(wish: MeetingWish): Meeting;
}

export interface CompanyOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

interface Open extends Meeting {
  members: number;
}

/** More would delay each other. */
const mostMembers = 10;
const pruneMs = 1_000;

export function createCompany({ clock, random }: CompanyOptions): Company {
  let meetings: Open[] = [];
  let prunedMs = Number.NEGATIVE_INFINITY;
  const prune = (nowMs: number): void => {
    if (nowMs - prunedMs < pruneMs) return;
    prunedMs = nowMs;
    meetings = meetings.filter(({ atMs }) => atMs >= nowMs);
  };
  const find = ({ earliestMs, latestMs }: MeetingWish): Open | undefined => {
    let best: Open | undefined;
    for (const one of meetings) {
      const fits = one.atMs >= earliestMs && one.atMs <= latestMs && one.members < mostMembers;
      if (fits && (best === undefined || one.members > best.members)) best = one;
    }
    return best;
  };
  const open = ({ earliestMs, latestMs, otherwiseMs }: MeetingWish): Open => {
    // Those who meet there are as many as may.
    const isTaken = meetings.some(({ atMs }) => atMs === otherwiseMs);
    const atMs = isTaken ? earliestMs + random() * (latestMs - earliestMs) : otherwiseMs;
    const opened: Open = { atMs, members: 0 };
    meetings.push(opened);
    return opened;
  };
  return {
    join: (wish) => {
      prune(clock.now());
      const meeting = find(wish) ?? open(wish);
      meeting.members += 1;
      return meeting;
    },
  };
}
