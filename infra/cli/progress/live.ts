import type { EngineEvent, StepView } from '../../engine/events.ts';
import { failedLine, finishedLine, runningLine, skippedLine } from './step-line.ts';
import type { Style } from './style.ts';

export interface Terminal {
  write(text: string): void;
  readonly columns: number;
  readonly rows: number;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

/**
 * For a terminal: what is finished scrolls up; below it stands, redrawn ten times a second, what
 * runs right now, how long already, and the last line of its output.
 */
export class LiveProgress {
  readonly #terminal: Terminal;
  readonly #style: Style;
  readonly #running = new Map<string, Running>();
  #drawn = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(terminal: Terminal, style: Style) {
    this.#terminal = terminal;
    this.#style = style;
  }

  event(event: EngineEvent): void {
    const { step } = event;
    switch (event.kind) {
      case 'started':
        this.#running.set(step.urn, { step, startedAt: performance.now(), lastLine: '' });
        this.#timer ??= setInterval(() => this.#draw(), frameMs).unref();
        break;
      case 'line': {
        const running = this.#running.get(step.urn);
        if (running !== undefined && event.line.trim() !== '') running.lastLine = event.line;
        break;
      }
      case 'finished':
        this.#settle(step, finishedLine(step, event.ms, this.#style));
        break;
      case 'failed':
        this.#settle(step, failedLine(step, event.failure.message, this.#style));
        break;
      case 'skipped':
        this.note(skippedLine(step, event.because, this.#style));
        break;
      case 'planned':
      case 'unchanged':
        break;
    }
  }

  /** Prints a line that stays, above the moving part. */
  note(line: string): void {
    this.#terminal.write(`${this.#erase()}${line}\n`);
    this.#draw();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#running.clear();
    this.#terminal.write(this.#erase());
  }

  #settle(step: StepView, line: string): void {
    this.#running.delete(step.urn);
    this.note(line);
  }

  #erase(): string {
    const up = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A\r\u001b[J`;
    this.#drawn = 0;
    return up;
  }

  #draw(): void {
    this.#frame += 1;
    const spinner = frames[this.#frame % frames.length] ?? '';
    const room = Math.max(3, this.#terminal.rows - 4);
    const shown = [...this.#running.values()].slice(0, room);
    const hidden = this.#running.size - shown.length;
    const lines = shown.map((running) => this.#line(spinner, running));
    if (hidden > 0) lines.push(this.#style.dim(`  … and ${hidden} more`));
    this.#terminal.write(this.#erase() + lines.map((line) => `${line}\n`).join(''));
    this.#drawn = lines.length;
  }

  // Cut before colouring: a line that wraps would break the count of lines to erase.
  #line(spinner: string, { step, startedAt, lastLine }: Running): string {
    const head = runningLine(step, performance.now() - startedAt, this.#style);
    const room = this.#terminal.columns - visibleLength(head) - 5;
    const tail = room < 8 ? '' : printable(lastLine).slice(0, room);
    return `${this.#style.yellow(spinner)} ${head} ${this.#style.dim(tail)}`;
  }
}

interface Running {
  readonly step: StepView;
  readonly startedAt: number;
  lastLine: string;
}

function visibleLength(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
  return text.replace(/\u001b\[[0-9;]*m/g, '').length;
}

// A command's output must not move the cursor.
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\u0000-\u001f\u007f]/g, ' ');
}
