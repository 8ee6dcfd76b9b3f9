/** How to reach and prove one host; the command provider's `connection` input, with defaults. */
export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKey?: string;
  readonly privateKeyPassword?: string;
  readonly password?: string;
  readonly agentSocketPath?: string;
  /** An `authorized_keys`-style line. Without it any host key is believed, as in the provider. */
  readonly hostKey?: string;
  /** Failed attempts to connect before giving up; -1 never gives up. */
  readonly dialErrorLimit: number;
  /** Seconds for one attempt; 0 for no limit. */
  readonly perDialTimeout: number;
  /** A bastion to go through. */
  readonly proxy?: SshTarget;
}

export function endpointOf(target: SshTarget): string {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return `${host}:${target.port}`;
}

export type SshFault =
  /** Nothing answered: nothing ran on the host. */
  | 'unreachable'
  /** Another machine (or an impostor) answers at this address: nothing ran. */
  | 'host-key'
  | 'authentication'
  | 'bad-settings'
  /** The connection broke while something ran: whether it finished is unknown. */
  | 'lost'
  | 'aborted';

/** Every failure of this client that is not a command's own; the message names host:port. */
export class SshError extends Error {
  readonly fault: SshFault;
  readonly endpoint: string;

  constructor(fault: SshFault, endpoint: string, message: string, options?: ErrorOptions) {
    super(`${endpoint}: ${message}`, options);
    this.name = 'SshError';
    this.fault = fault;
    this.endpoint = endpoint;
  }
}
