import { pathToFileURL } from 'node:url';
import { readStackConfig } from '../../engine/config-file.ts';
import { forgetHosts } from '../../engine/forget.ts';
import { findPassphrase } from '../../engine/passphrase.ts';
import { type EngineOptions, readOutputs, runEngine } from '../../engine/run.ts';
import type { View } from '../progress/view.ts';
import { programDirectory, type Workspace } from '../workspace.ts';
import { captureConsole } from './capture-console.ts';
import type { Engine, Interrupt, RunEnd } from './engine.ts';

/** The engine of `infra/engine`, in this process. */
export function builtinEngine(workspace: Workspace): Engine {
  const passphrase = (): Promise<string> => findPassphrase(process.env, workspace.passphrasePath);
  const run = async (
    mode: EngineOptions['mode'],
    view: View,
    interrupt: Interrupt,
  ): Promise<RunEnd> => {
    const key = await passphrase();
    const config = await readStackConfig(workspace.configPath, key);
    const startedAt = performance.now();
    const release = captureConsole((line) => view.note(line));
    const result = await runEngine({
      ...{ mode, config, passphrase: key, ...interrupt },
      project: workspace.project,
      stack: workspace.stack,
      program: () => import(pathToFileURL(workspace.main).href),
      directory: programDirectory(workspace),
      statePath: workspace.statePath,
      report: (event) => view.event(event),
    }).finally(release);
    view.end(mode, result, performance.now() - startedAt);
    if (result.interrupted) return 'interrupted';
    return result.failures.length + result.programErrors.length === 0 ? 'done' : 'failed';
  };
  return {
    description: 'built-in engine (no Pulumi CLI needed)',
    hearsInterrupt: false,
    up: (view, interrupt) => run('up', view, interrupt),
    preview: (view, interrupt) => run('preview', view, interrupt),
    down: (view, interrupt) => run('down', view, interrupt),
    forget: async (hosts) => forgetHosts(workspace.statePath, await passphrase(), hosts),
    outputs: async () => readOutputs(workspace.statePath, await passphrase()),
  };
}
