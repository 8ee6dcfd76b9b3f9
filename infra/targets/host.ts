import type { Input, Resource } from '@pulumi/pulumi';

/** What a target is asked for: a host of the catalog. */
export interface WantedHost {
  readonly name: string;
  readonly id: number;
}

/** A machine as every target hands it over; one path provisions it from here on. */
export interface Host {
  /** The catalog's name, such as `service_a_node_1`. */
  readonly name: string;
  /** The address by which other hosts reach it; known before it is created; survives reboots. */
  readonly address: string;
  /** Processor architecture in Node's naming; known before the host is created. */
  readonly arch: HostArch;
  readonly connection: Connection;
  /** The file that holds the private key of `connection`; for people and drills to log in with. */
  readonly privateKeyPath: string;
  /** What must exist before the host answers; deleting it takes everything on it away. */
  readonly machine: Resource | undefined;
}

export type HostArch = 'x64' | 'arm64';

/** The `connection` input of the command provider, as far as we use it. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKey: Input<string>;
  /** One `authorized_keys`-style line (`ssh-ed25519 AAAA…`). Checked on every connection. */
  readonly hostKey: Input<string>;
  readonly dialErrorLimit: number;
  readonly perDialTimeout: number;
}
