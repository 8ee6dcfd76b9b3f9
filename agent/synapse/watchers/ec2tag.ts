/** Running EC2 instances with a tag, under their private addresses. Original: `ec2tag/ec2tag.rb`. */
import type { Ec2Discovery } from '../../config/synapse-sources.ts';
import type { Clock } from '../../lib/clock.ts';
import { withDeadline } from '../../lib/deadline.ts';
import { linkAbort } from '../../lib/linked-abort.ts';
import { type Candidate, sortOut } from './candidates.ts';
import type { DescribeTagged, Ec2Instance } from './ec2-client.ts';
import { type Answer, askOutside, type Source } from './source.ts';

export interface Ec2Options {
  readonly discovery: Ec2Discovery;
  readonly fallbackPort: number | undefined;
  readonly clock: Clock;
}

const deadlineMs = 20_000;

export function createEc2Source({ discovery, fallbackPort, clock }: Ec2Options): Source {
  let client: DescribeTagged | undefined;
  const ask = async (signal: AbortSignal): Promise<Answer> => {
    const asking = linkAbort(signal);
    try {
      client ??= (await import('./ec2-client.ts')).createEc2Client(discovery);
      const describe = client;
      const instances = await askOutside('the EC2 API', signal, () =>
        withDeadline(describe(asking.signal), { ms: deadlineMs, clock, signal }),
      );
      return sortOut(instances.map(toCandidate), fallbackPort);
    } finally {
      asking.abort();
    }
  };
  return { method: 'ec2tag', intervalMs: discovery.check_interval * 1_000, ask };
}

function toCandidate({ InstanceId, PrivateIpAddress, PrivateDnsName }: Ec2Instance): Candidate {
  return {
    node: InstanceId ?? 'an instance',
    fields: { host: PrivateIpAddress, name: PrivateDnsName || undefined },
  };
}
