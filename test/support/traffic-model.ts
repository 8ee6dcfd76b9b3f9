/** Where traffic should go, by the rules alone: what a real synapse and HAProxy are held against. */

export interface Place {
  readonly name: string;
  /** `undefined`: not in the registry. */
  registered: { readonly weight: number; readonly draining: boolean } | undefined;
  /** The registry forgot it, and the fleet guard keeps it. */
  held: boolean;
  healthy: boolean;
}

export class TrafficModel {
  readonly places: readonly Place[];
  /** Those that the registry named last, less those that said that they leave. */
  #last = new Set<string>();

  constructor(names: readonly string[]) {
    this.places = names.map((name) => ({
      name,
      registered: undefined,
      held: false,
      healthy: true,
    }));
  }

  get registered(): readonly Place[] {
    return this.places.filter((one) => one.registered !== undefined);
  }

  register(place: Place, weight: number, draining = false): void {
    place.registered = { weight, draining };
    place.held = false;
    this.#last = new Set(this.registered.map(({ name }) => name));
  }

  /** Gone: announced by nerve, or without a word. */
  leave(place: Place, announced: boolean): void {
    place.registered = undefined;
    if (announced) this.#last.delete(place.name);
    if (this.registered.length > 0) this.#last = new Set(this.registered.map(({ name }) => name));
  }

  /** Gone without a word, with most of the fleet: kept until its check fails. */
  forget(place: Place): void {
    this.leave(place, false);
    place.held = place.healthy;
  }

  setHealthy(place: Place, healthy: boolean): void {
    place.healthy = healthy;
    if (!healthy) place.held = false;
  }

  /** The servers that HAProxy has, by name. */
  get servers(): readonly Place[] {
    const known = this.places.filter(({ registered, held }) => registered !== undefined || held);
    // `use_previous_backends`: who vanished last, and said nothing, may only have lost ZooKeeper.
    return known.length > 0 ? known : this.places.filter(({ name }) => this.#last.has(name));
  }

  /** Whose answers clients see. */
  get serving(): readonly string[] {
    const up = this.servers.filter(({ healthy }) => healthy);
    const wanted = up.filter(({ registered }) => registered?.draining !== true);
    // Who drains serves where nobody else can.
    return (wanted.length > 0 ? wanted : up).map(({ name }) => name);
  }
}
