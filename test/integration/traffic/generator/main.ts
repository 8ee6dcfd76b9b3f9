/**
 * The program that sends traffic on a host. Bundled into one text, which comes over ssh with the
 * plan and is never written to the host's disk.
 *
 *   in    a line now and then: echoed with the host's time, so that the other side learns the
 *         difference of the clocks; the end of input, or silence, ends the traffic
 *   out   the echoes, and each second a frame with what ended meanwhile
 */
import type { Frame } from './ledger.ts';
import { OpenLoop } from './open-loop.ts';
import type { GeneratorFlow } from './sender.ts';
import { wallMs } from './wall.ts';

export interface GeneratorPlan {
  readonly flows: readonly GeneratorFlow[];
  readonly frameMs: number;
  /** Without a line for so long, nobody is there any more. */
  readonly silenceMs: number;
}

export type Output =
  | { readonly echo: { readonly sentMs: number; readonly theirsMs: number } }
  | { readonly frame: Frame };

export async function run(plan: GeneratorPlan, input: AsyncIterable<string>): Promise<void> {
  // Nobody reads any more: there is nobody left to tell.
  process.stdout.once('error', () => process.exit(0));
  const loop = new OpenLoop(plan.flows);
  let heardMs = performance.now();
  const frames = setInterval(() => {
    tell({ frame: loop.ledger.take() });
    if (performance.now() - heardMs > plan.silenceMs) process.exit(1);
  }, plan.frameMs);
  loop.start();
  for await (const sent of input) {
    heardMs = performance.now();
    tell({ echo: { sentMs: Number(sent), theirsMs: wallMs() } });
  }
  await loop.stop();
  clearInterval(frames);
  tell({ frame: loop.ledger.take() }, () => process.exit(0));
}

function tell(output: Output, done?: () => void): void {
  process.stdout.write(`${JSON.stringify(output)}\n`, done);
}
