import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineEvent } from '../../../infra/engine/events.ts';
import { type EngineOptions, type EngineResult, runEngine } from '../../../infra/engine/run.ts';

export interface Run extends EngineResult {
  readonly events: readonly EngineEvent[];
  /** `kind:name` of every event but the lines, in order. */
  readonly told: readonly string[];
}

/** The built-in engine on a state file in a temporary directory. */
export class EngineHarness {
  readonly directory = mkdtempSync(join(tmpdir(), 'smartstack-engine-'));
  readonly statePath = join(this.directory, 'state.json');

  async run(
    mode: EngineOptions['mode'],
    program: EngineOptions['program'],
    options: Partial<EngineOptions> = {},
  ): Promise<Run> {
    const events: EngineEvent[] = [];
    const result = await runEngine({
      ...{ mode, program, project: 'engine-test', stack: 'test', passphrase: 'a passphrase' },
      directory: this.directory,
      config: { values: {}, secretKeys: [] },
      statePath: this.statePath,
      report: (event) => events.push(event),
      stop: new AbortController().signal,
      kill: new AbortController().signal,
      ...options,
    });
    const told = events
      .filter(({ kind }) => kind !== 'line' && kind !== 'started')
      .map(({ kind, step }) => `${kind}:${step.kind}:${step.name}`);
    return { ...result, events, told };
  }

  /** The state file as it stands on disk. */
  stateText(): string {
    return readFileSync(this.statePath, 'utf8');
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
