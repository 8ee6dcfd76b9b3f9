/** One instance of a service, as its host and its consumers see it. */
export interface InstanceStatus {
  /** The host it runs on. */
  readonly instance: string;
  /** What nerve finds there, such as `up`; `undefined` where nerve does not answer. */
  readonly health: string | undefined;
  /** Why nerve keeps it out of the registry, such as `drained: new kernel`. */
  readonly withheld: string | undefined;
  /** Whether nerve has it in the registry now. */
  readonly registered: boolean;
  /** HAProxy's word for it on each consumer that knows it, such as `UP`. */
  readonly seenBy: Readonly<Record<string, string>>;
}
