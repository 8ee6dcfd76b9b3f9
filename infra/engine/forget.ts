import { hostOf } from './goal.ts';
import { withLock } from './lock.ts';
import { StateFile } from './state-file.ts';

/**
 * Drops what stands on these hosts from the state, and undoes nothing there. Resolves to how many
 * resources that were. Throws `LockedError` when another run is at work.
 */
export function forgetHosts(
  statePath: string,
  passphrase: string,
  hosts: readonly string[],
): Promise<number> {
  return withLock(`${statePath}.lock`, async () => {
    const file = await StateFile.load(statePath, passphrase);
    const { entries } = file.state;
    const stays = entries.filter(({ name }) => !hosts.includes(hostOf(name)));
    await file.change((state) => ({ ...state, entries: stays }));
    return entries.length - stays.length;
  });
}
