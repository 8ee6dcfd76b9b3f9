import { ZooKeeperError, type ZooKeeperErrorCode } from '../../zookeeper/session.ts';

/** Answers after which the session is as good as before: what was asked for did not take place. */
const refusals: ReadonlySet<ZooKeeperErrorCode> = new Set([
  'no-node',
  'node-exists',
  'not-empty',
  'no-auth',
  'other',
]);

/** Why the registry refused; `undefined` where it did as asked. Rejects where that is unknown. */
export async function refusal(work: Promise<unknown>): Promise<ZooKeeperErrorCode | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof ZooKeeperError && refusals.has(error.code)) return error.code;
    throw error;
  }
}
