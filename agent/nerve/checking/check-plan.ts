import type { CheckDefinition } from '../checks/definition.ts';

/** What is checked of one service, and how often. */
export interface CheckPlan {
  readonly checks: readonly CheckDefinition[];
  /** From the start of one round of checks to the start of the next. */
  readonly intervalMs: number;
  /** The same while a check is between up and down. */
  readonly fastIntervalMs: number;
  /** Taken for up without checking. */
  readonly mocked: boolean;
  /** Holds one idle connection to the instance, whose unexpected end triggers the checks. */
  readonly crashWatch: boolean;
  /** Where the instance listens. */
  readonly host: string;
  readonly port: number;
}
