import type { Expectation } from '../harness/drill.ts';
import type { Inventory } from '../harness/inventory.ts';

/** Something to break, and how to heal it: healing works however far the breaking came. */
export interface Fault extends Expectation {
  /** Such as `kill -9 of service_a`. */
  readonly what: string;
  readonly hosts: readonly string[];
  /**
   * Whether TCP connections end with it: those to an instance that dies, or through a proxy that
   * does. Faults of HTTP services, nerve, synapse and ZooKeeper cut none.
   */
  readonly cutsConnections?: boolean;
  /** Resolves to when it was broken, by the clock of this machine. */
  readonly break: (inventory: Inventory) => Promise<number>;
  readonly heal: (inventory: Inventory) => Promise<void>;
}
