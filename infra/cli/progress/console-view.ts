import type { EngineEvent } from '../../engine/events.ts';
import type { EngineResult } from '../../engine/run.ts';
import { LiveProgress } from './live.ts';
import { PlainProgress } from './plain.ts';
import { type Planned, planList } from './plan-list.ts';
import { createStyle, type Style, wantsColours } from './style.ts';
import { counted, emptyTally, failureReport, summaryLine } from './summary.ts';
import type { Mode, View } from './view.ts';

/** Standard output and error as the views use them. */
export interface Console {
  readonly stdout: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Live lines on a terminal, plain ones elsewhere; the same summary on both. */
export function createView({ stdout, env }: Console): View {
  const style = createStyle(wantsColours(stdout, env));
  const print = (line: string): void => {
    stdout.write(`${line}\n`);
  };
  const live = stdout.isTTY && env.TERM !== 'dumb' ? new LiveProgress(stdout, style) : undefined;
  const progress = live ?? new PlainProgress(print, style);
  const planned: Planned[] = [];
  let tally = emptyTally;
  return {
    event(event: EngineEvent) {
      tally = counted(tally, event);
      if (event.kind === 'planned') planned.push(event);
      progress.event(event);
    },
    end(mode: Mode, result: EngineResult, ms: number) {
      live?.end();
      const lines = [...planList(planned, style), ...failureReport(result, style), ''];
      lines.push(...lastWords(mode, result, style));
      // A program that fails before its first resource has a message of its own, and that is all.
      const idle = result.programErrors.length > 0 && tally === emptyTally;
      lines.push(idle ? 'Nothing was changed.' : summaryLine(mode, tally, ms, style));
      for (const line of lines) print(line);
    },
    note: (line) => (live === undefined ? print(line) : live.note(line)),
  };
}

function lastWords(mode: Mode, result: EngineResult, style: Style): readonly string[] {
  if (!result.interrupted || mode === 'preview') return [];
  const again = mode === 'down' ? 'npm run down' : 'npm run up';
  return [style.yellow(`Interrupted. What was done is saved; \`${again}\` goes on from here.`)];
}
