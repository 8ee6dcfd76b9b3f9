// Runs `index.ts` beside it against mocks, on the SDK that is installed there, and prints what came
// of it as JSON. Copied into the program's folder, where plain JavaScript needs no package of ours.
import * as pulumi from '@pulumi/pulumi';
import * as library from 'smartstack';

const resources = [];
await pulumi.runtime.setMocks(
  {
    newResource: ({ name, type, inputs }) => {
      const isItself = type === 'pulumi:pulumi:StackReference';
      if (type.startsWith('command:')) resources.push({ name, type, inputs });
      const state = isItself ? { outputs: {} } : { stdout: `said by ${name}` };
      return { id: name, state: { ...inputs, ...state } };
    },
    call: () => ({}),
  },
  'shop',
  'test',
  false,
  'organization',
);
const hostKeys = { zookeeper1: 'ssh-ed25519 z', web1: 'ssh-ed25519 w1', web2: 'ssh-ed25519 w2' };
pulumi.runtime.setAllConfig(
  { 'shop:privateKey': 'a private key', 'shop:hostKeys': JSON.stringify(hostKeys) },
  ['shop:privateKey'],
);
const program = await pulumi.runtime.runInPulumiStack(() => import('./index.ts'));
await pulumi.runtime.disconnect();
const outputs = await new Promise((resolve) => pulumi.output({ ...program }).apply(resolve));
console.log(JSON.stringify({ api: Object.keys(library), resources, outputs }));
