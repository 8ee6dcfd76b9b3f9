/** Whole hosts go and come back. */
import { poweredOff, rebooted, withoutPowerSwitch } from '../../faults/host.ts';
import type { Drill } from '../../harness/drill.ts';
import { limits } from '../../harness/limits.ts';
import { nodeGone, nodesOf } from '../../harness/moments.ts';
import { workers } from '../catalog/services.ts';

const inFlightMs = 2_000;

export const powerOff: Drill = {
  title: 'a host loses its power and returns',
  set: 'production',
  about: 'What was on its way there is lost, and nothing that is sent later than 2 s after it.',
  quick: true,
  cannot: withoutPowerSwitch,
  play: async (stage) => {
    const [host = ''] = stage.inventory.serviceHosts;
    const [node = ''] = nodesOf(stage, workers, host);
    const { atMs } = await stage.break(poweredOff(host));
    stage.expect({
      failures: [
        { limit: limits.failedLater, counts: ({ atMs: sent }) => sent > atMs + inFlightMs },
      ],
    });
    const gone = await stage.within(limits.nerveGone, atMs, () => nodeGone(stage, workers, node));
    stage.times({ detectedMs: gone });
    await stage.requestsPass(200);
  },
};

export const reboot: Drill = {
  title: 'a host is rebooted',
  set: 'production',
  about: 'Its instances leave in good order before it goes down: no request is lost elsewhere.',
  quick: true,
  play: async (stage) => {
    const [host = ''] = stage.inventory.serviceHosts;
    await stage.break(rebooted(host));
  },
};
