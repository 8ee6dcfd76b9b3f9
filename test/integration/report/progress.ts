import { createStyle, type Style, wantsColours } from '../../../infra/cli/progress/style.ts';
import type { DrillObserver, TerminalProgress } from '../harness/outcome.ts';
import { endLines, printable } from './terminal/drill-lines.ts';
import { StatusLine } from './terminal/status-line.ts';
import { length } from './words.ts';

export interface ProgressOptions {
  readonly write: (text: string) => void;
  /** Whether a line may be drawn over: a terminal, not a log. */
  readonly live: boolean;
  readonly style: Style;
}

/** What a person follows: each drill, where it is now, what it notes, how it ended. */
export const terminalProgress: TerminalProgress = (write) => {
  const { stdout, env } = process;
  const live = stdout.isTTY && env.TERM !== 'dumb';
  return createProgress({ write, live, style: createStyle(wantsColours(stdout, env)) });
};

export function createProgress({ write, live, style }: ProgressOptions): DrillObserver {
  const status = new StatusLine(write, live);
  return {
    began: ({ title, set, index, of }) => {
      const place = style.dim(`${index}/${of}`);
      status.print(`${style.cyan('▸')} ${place} ${style.dim(`${set}:`)} ${style.bold(title)}`);
    },
    entered: (phase) => {
      const sinceMs = performance.now();
      status.show(() => style.dim(`  ${phase} … ${length(performance.now() - sinceMs)}`));
    },
    noted: (text) => status.print(style.dim(`  · ${printable(text)}`)),
    ended: (outcome) => {
      status.clear();
      for (const line of endLines(outcome, style)) status.print(line);
    },
  };
}
