/** Whole hosts: rebooted in good order, or without power. */
import { setTimeout as delay } from 'node:timers/promises';
import { becomeRoot } from '../../../infra/prerequisites/as-root.ts';
import { loadDefinition, loadDefinitions } from '../../../infra/targets/vagrant/definition.ts';
import { stackFiles } from '../../../infra/targets/vagrant/stack-files.ts';
import type { Inventory } from '../harness/inventory.ts';
import type { Fault } from './fault.ts';

const pollMs = 250;
const patienceMs = 120_000;
const answerMs = 5_000;
const everything = (host: string) => [{ host, unit: '*' }];

/** What it asks for itself while it is down is nobody's. */
const ownRequests = (host: string): NonNullable<Fault['mayFail']> => {
  return (record) => record.host === host;
};

export function rebooted(host: string): Fault {
  return {
    what: 'reboot',
    hosts: [host],
    cutsConnections: true,
    restarts: everything(host),
    // Another boot, another process.
    reloads: [host],
    mayFail: ownRequests(host),
    break: async (inventory) => {
      const before = await bootedAt(inventory, host);
      const at = Date.now();
      // By a unit of its own: the connection ends with the host.
      await inventory.hosts.run(host, 'systemd-run -q --no-block systemctl reboot');
      await until(async () => (await bootedAt(inventory, host)) !== before);
      return at;
    },
    heal: (inventory) => until(async () => (await bootedAt(inventory, host)) !== ''),
  };
}

/** Cut off from one moment to the next; switched on again by its heal. Containers of LXC alone. */
export function poweredOff(host: string): Fault {
  return {
    what: 'power-off',
    hosts: [host],
    cutsConnections: true,
    restarts: everything(host),
    // Another boot, another process.
    reloads: [host],
    mayFail: ownRequests(host),
    break: async (inventory) => {
      const root = await becomeRoot('to cut the power of a container');
      const name = await containerOf(inventory, host);
      const at = Date.now();
      await root.run(['lxc-stop', '--kill', '--name', name]);
      return at;
    },
    heal: async (inventory) => {
      const root = await becomeRoot('to switch a container on');
      const name = await containerOf(inventory, host);
      const { stdout } = await root.try(['lxc-info', '--name', name, '--state']);
      if (!stdout.includes('RUNNING')) await root.run(['lxc-start', '--daemon', '--name', name]);
      await until(async () => (await bootedAt(inventory, host)) !== '');
    },
  };
}

export async function withoutPowerSwitch({
  stack,
  members,
}: Inventory): Promise<string | undefined> {
  const definitions = await loadDefinitions(stackFiles(stack)).catch(() => []);
  const ours = definitions.filter(({ provider }) => provider === 'lxc');
  return ours.length > members.length ? undefined : 'power is cut on containers of LXC alone';
}

async function containerOf({ stack }: Inventory, host: string): Promise<string> {
  const definition = await loadDefinition(stackFiles(stack), host);
  if (definition === undefined) throw new Error(`${host} is no machine of ours`);
  return definition.containerName;
}

/** Empty while it does not run: another one after each boot. */
async function bootedAt({ hosts }: Inventory, host: string): Promise<string> {
  const ask = 'stat -c %Y /proc/1 && systemctl is-active ssh > /dev/null';
  const answer = hosts.run(host, ask).catch(() => '');
  return Promise.race([answer, delay(answerMs, '', { ref: false })]);
}

async function until(probe: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await probe())) {
    if (Date.now() > deadline) throw new Error(`the host is not back after ${patienceMs} ms`);
    await delay(pollMs);
  }
}
