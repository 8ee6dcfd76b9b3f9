/**
 * `preview-program.ts CATALOG CONFIG`: all of the Pulumi program against mocks, as a preview runs it;
 * prints the number of resources and the peak of memory in MiB, as JSON.
 */
import { readFileSync } from 'node:fs';
import * as pulumi from '@pulumi/pulumi';

const [catalog = '', config = ''] = process.argv.slice(2);
process.env.SMARTSTACK_CATALOG = catalog;
let resources = 0;
await pulumi.runtime.setMocks(
  {
    newResource: ({ name, type, inputs }) => {
      resources += 1;
      // Nothing is deployed yet.
      const isItself = type === 'pulumi:pulumi:StackReference';
      return { id: name, state: isItself ? { ...inputs, outputs: {} } : inputs };
    },
    call: () => ({}),
  },
  'smartstack',
  'bench',
  true,
  'organization',
);
pulumi.runtime.setAllConfig(JSON.parse(readFileSync(config, 'utf8')));
await pulumi.runtime.runInPulumiStack(() => import('../../../infra/index.ts'));
await pulumi.runtime.disconnect();
const peakKib = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
console.log(JSON.stringify({ resources, peakMib: peakKib / 1_024 }));
