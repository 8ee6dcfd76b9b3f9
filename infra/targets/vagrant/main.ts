/**
 * What the plan's local commands run on this computer, one machine or part at a time:
 *
 *   main.ts prerequisites STACK        brings Vagrant and its provider
 *   main.ts network-up STACK           network-down STACK
 *   main.ts box                        builds the golden box, where the recipe changed
 *   main.ts machine-up STACK           a machine request on standard input; JSON on standard output
 *   main.ts machine-destroy STACK NAME
 *
 * Progress goes to standard error.
 */
import { text } from 'node:stream/consumers';
import { machineRequestSchema } from './definition.ts';
import { ensureGoldenBox } from './golden-box.ts';
import { bringUp, destroy } from './machine.ts';
import { startNetwork, stopNetwork } from './network.ts';
import { ensureVagrant } from './prerequisites.ts';
import { settle, settledBefore } from './settings.ts';
import { stackFiles } from './stack-files.ts';

const commands: Readonly<Record<string, (stack: string, name: string) => Promise<void>>> = {
  prerequisites: async (stack) => ensureVagrant((await settle(stackFiles(stack))).provider),
  'network-up': async (stack) => startNetwork(await settle(stackFiles(stack))),
  'network-down': async (stack) => {
    const settings = await settledBefore(stackFiles(stack));
    if (settings !== undefined) await stopNetwork(settings);
  },
  box: async () => {
    await ensureGoldenBox();
  },
  'machine-up': async (stack) => {
    const request = machineRequestSchema.parse(JSON.parse(await text(process.stdin)));
    const report = await bringUp(stackFiles(stack), request, show);
    process.stdout.write(`${JSON.stringify(report)}\n`);
  },
  'machine-destroy': (stack, name) => destroy(stackFiles(stack), name, show),
};

function show(line: string): void {
  process.stderr.write(`${line}\n`);
}

const [command = '', stack = '', name = ''] = process.argv.slice(2);
const run = commands[command];
if (run === undefined) {
  show(`unknown command "${command}"; there are ${Object.keys(commands).join(', ')}`);
  process.exitCode = 2;
} else {
  try {
    await run(stack, name);
  } catch (error) {
    show(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
