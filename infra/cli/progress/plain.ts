import type { EngineEvent } from '../../engine/events.ts';
import { failedLine, finishedLine, runningLine, skippedLine } from './step-line.ts';
import type { Style } from './style.ts';

/**
 * One line for each thing that happened, for logs and pipes; a step that takes long says every
 * half minute that it still runs, with the last line of its output.
 */
export class PlainProgress {
  readonly #write: (line: string) => void;
  readonly #style: Style;
  readonly #running = new Map<string, Running>();

  constructor(write: (line: string) => void, style: Style) {
    this.#write = write;
    this.#style = style;
  }

  event(event: EngineEvent): void {
    const { urn } = event.step;
    switch (event.kind) {
      case 'started':
        this.#running.set(urn, this.#watch(event));
        break;
      case 'line': {
        const running = this.#running.get(urn);
        if (running !== undefined) running.lastLine = event.line;
        break;
      }
      case 'finished':
        this.#forget(urn);
        this.#write(finishedLine(event.step, event.ms, this.#style));
        break;
      case 'failed':
        this.#forget(urn);
        this.#write(failedLine(event.step, event.failure.message, this.#style));
        break;
      case 'skipped':
        this.#write(skippedLine(event.step, event.because, this.#style));
        break;
      case 'planned':
      case 'unchanged':
        break;
    }
  }

  #watch(event: Extract<EngineEvent, { kind: 'started' }>): Running {
    const startedAt = performance.now();
    const running: Running = { lastLine: '', timer: undefined };
    const tell = (): void => {
      const line = runningLine(event.step, performance.now() - startedAt, this.#style);
      this.#write(`  ${line} ${this.#style.dim(running.lastLine)}`.trimEnd());
    };
    running.timer = setInterval(tell, stillRunningMs).unref();
    return running;
  }

  #forget(urn: string): void {
    clearInterval(this.#running.get(urn)?.timer);
    this.#running.delete(urn);
  }
}

interface Running {
  lastLine: string;
  timer: NodeJS.Timeout | undefined;
}

const stillRunningMs = 30_000;
