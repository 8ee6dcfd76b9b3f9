import type { Input, Resource } from '@pulumi/pulumi';
import type { CatalogHost } from '../catalog/schema.ts';

/** What a target is asked for: a host of the catalog. */
export interface WantedHost {
  readonly name: string;
  readonly id: number;
}

/** The same for a target that makes machines by their roles and zones. */
export interface NamedHost extends WantedHost, CatalogHost {}

/** A machine of the catalog, wherever it came from; one path provisions it from here on. */
export interface Host {
  /** The catalog's name, such as `service_a_node_1`. */
  readonly name: string;
  /** The address by which other hosts reach it; known before it is created; survives reboots. */
  readonly address: string;
  /** Processor architecture in Node's naming; known before the host is created. */
  readonly arch: HostArch;
  /** Where the target put it, for targets that know zones. */
  readonly zone?: string;
  readonly connection: Connection;
  /** What must exist before the host answers; deleting it takes everything on it away. */
  readonly machine?: Resource | undefined;
  /** What has to be done on it before anything else is. */
  readonly ready?: readonly Resource[];
}

/** The same as every target hands it over. */
export interface TargetHost extends Host {
  /** The file that holds the private key of `connection`; for people and drills to log in with. */
  readonly privateKeyPath: string;
  /** The same for its bastion, where that has another. */
  readonly bastionKeyPath?: string;
  /** What the next run has to know of a machine that the target chose, once it is so: `t4g.small`. */
  readonly machineType?: Input<string>;
  /** The same of a bastion that it made. */
  readonly bastionArch?: HostArch;
}

export type HostArch = 'x64' | 'arm64';

/** The `connection` input of the command provider, as far as we use it. */
export interface Connection extends Login {
  readonly host: string;
  /** A bastion to go through. */
  readonly proxy?: JumpHost;
}

export interface JumpHost extends Login {
  readonly host: Input<string>;
}

/** How to log in on a machine, and how to prove that it is the right one. */
export interface Login {
  readonly port: number;
  readonly user: string;
  readonly privateKey: Input<string>;
  /** One `authorized_keys`-style line (`ssh-ed25519 AAAA…`). Checked on every connection. */
  readonly hostKey: Input<string>;
  readonly dialErrorLimit: number;
  readonly perDialTimeout: number;
}
