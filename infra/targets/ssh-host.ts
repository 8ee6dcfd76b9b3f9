import { type Input, type Output, type Resource, secret } from '@pulumi/pulumi';
import type { Host, HostArch, Login } from './host.ts';
import { sudoPassword } from './sudo-password.ts';

export interface SshLogin {
  /** Default: 22. */
  readonly port?: number;
  /** Default: root. Any other has sudo. */
  readonly user?: string;
  /** Its text, not its file. */
  readonly privateKey: Input<string>;
  /** `<type> <base64>`, as from `ssh-keyscan`. Checked on every connection. */
  readonly hostKey: Input<string>;
}

export interface SshHostArgs extends SshLogin {
  /** The catalog's name. */
  readonly name: string;
  /** By which other hosts reach it: a fixed IPv4 address, known before the machine is. */
  readonly address: string;
  /** By which ssh reaches it, where that is another. */
  readonly sshHost?: string;
  /** Default: x64. */
  readonly arch?: HostArch;
  /** A machine to go through. */
  readonly bastion?: SshLogin & { readonly host: Input<string> };
  /** The resource that makes it; deleting that takes everything on it away. */
  readonly machine?: Resource;
  /** Where sudo asks for one. */
  readonly sudoPassword?: Input<string>;
}

/** A machine that ssh reaches, or will reach once it is made. */
export function sshHost(args: SshHostArgs): Host {
  const { name, address, arch = 'x64', bastion, machine } = args;
  const proxy = bastion && { ...login(bastion, machine), host: bastion.host };
  const connection = {
    ...login(args, machine),
    host: args.sshHost ?? address,
    ...(proxy && { proxy }),
  };
  const host: Host = { name, address, arch, connection, machine };
  if (args.sudoPassword === undefined) return host;
  return { ...host, ready: [sudoPassword(host, args.sudoPassword)] };
}

/** A machine that is made in the same run takes its time to boot. */
function login(
  { port = 22, user = 'root', privateKey, hostKey }: SshLogin,
  machine: Resource | undefined,
): Login {
  const dialErrorLimit = machine === undefined ? 5 : 20;
  const key: Output<string> = secret(privateKey);
  return { port, user, privateKey: key, hostKey, dialErrorLimit, perDialTimeout: 5 };
}
