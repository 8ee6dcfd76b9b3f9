import { SshError } from '../ssh/target.ts';
import { CommandError } from './executors/executor.ts';
import type { Mask } from './mask.ts';
import type { StepKind } from './plan.ts';

/** What the engine tells about its work, in the order in which it happens; secrets are masked. */
export type EngineEvent =
  | {
      readonly kind: 'planned';
      readonly step: StepView;
      readonly changes: readonly PropertyChange[];
    }
  | { readonly kind: 'started'; readonly step: StepView }
  | { readonly kind: 'line'; readonly step: StepView; readonly line: string }
  | { readonly kind: 'finished'; readonly step: StepView; readonly ms: number }
  | {
      readonly kind: 'failed';
      readonly step: StepView;
      readonly ms: number;
      readonly failure: Failure;
    }
  | { readonly kind: 'unchanged'; readonly step: StepView }
  | { readonly kind: 'skipped'; readonly step: StepView; readonly because: string };

export interface StepView {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly kind: StepKind | 'same';
}

/** One input, before and after; `undefined` is absent. */
export interface PropertyChange {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Both texts are left out then. */
  readonly secret: boolean;
  /** The new value depends on what is yet to be made. */
  readonly unknown: boolean;
}

export interface Failure {
  readonly name: string;
  readonly message: string;
  /** The end of the command's own output. */
  readonly lastLines: readonly string[];
  readonly hint: string | undefined;
}

/** A step that Ctrl-C ended: no fault of anybody. */
export class CutOffError extends Error {
  constructor() {
    super('cut off; it is done again next time');
    this.name = 'CutOffError';
  }
}

/** Says what went wrong with a resource and what to do about it, without its secrets. */
export function describeFailure(name: string, error: unknown, mask: Mask): Failure {
  const message = mask.apply(error instanceof Error ? error.message : String(error));
  const lines = error instanceof CommandError ? error.lastLines : [];
  return { name, message, lastLines: lines.map((line) => mask.apply(line)), hint: hintFor(error) };
}

function hintFor(error: unknown): string | undefined {
  if (error instanceof CommandError) return 'Fix the cause on the host, then run the same again.';
  if (!(error instanceof SshError)) return undefined;
  switch (error.fault) {
    case 'unreachable':
      return 'Is the host switched on and its sshd running? Then run the same again.';
    case 'host-key':
      return "If the machine was rebuilt on purpose, give its new host key in the stack's config.";
    case 'authentication':
      return "Check user and key of the host in the stack's config.";
    case 'lost':
      return 'Run the same again: the step is repeated.';
    case 'bad-settings':
    case 'aborted':
      return undefined;
  }
}

/** True when the error proves that nothing was run on the host. */
export function nothingRan(error: unknown): boolean {
  const before: readonly string[] = ['unreachable', 'host-key', 'authentication', 'bad-settings'];
  return error instanceof SshError && before.includes(error.fault);
}
