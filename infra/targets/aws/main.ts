/** Run by Pulumi: prints the ssh host key of the instance INSTANCE, as `hostKeyReport` gives it. */
import { hostKeyOf } from './console-output.ts';
import { hostKeyReport } from './host-key.ts';

const patienceMs = 8 * 60_000;
const intervalMs = 3_000;

try {
  const instanceId = process.env.INSTANCE ?? '';
  const signal = AbortSignal.timeout(patienceMs);
  console.log(hostKeyReport(await hostKeyOf({ instanceId, intervalMs, signal })));
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(`the host key of ${process.env.INSTANCE} could not be read: ${reason}`);
  process.exitCode = 1;
}
