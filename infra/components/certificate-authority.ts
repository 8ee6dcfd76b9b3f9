import { local } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { projectFolderFromHere } from '../project.ts';
import { paths } from '../render/paths.ts';
import { type KeyAndCertificate, parseKeyAndCertificate } from '../tls/key-and-certificate.ts';
import { issueOf } from '../tls/renewal.ts';
import type { HostFile } from './written-file.ts';

export interface CertificateAuthorityArgs {
  readonly environment: string;
  readonly now: Date;
}

/** What a host needs to speak TLS. */
export interface HostTls {
  readonly files: readonly HostFile[];
  /** Which of its certificates it has: another text for another one. */
  readonly issue: pulumi.Output<string>;
}

/**
 * An environment's own authority for certificates. Its key lives in the stack's state, as a secret,
 * and nowhere else; no change of the program or the catalog makes it anew.
 */
export class CertificateAuthority extends pulumi.ComponentResource {
  /** PEM; no secret. */
  readonly certificate: pulumi.Output<string>;
  /** That all hosts should have now. */
  readonly #issue: pulumi.Output<string>;
  readonly #report: pulumi.Output<string>;

  constructor(
    { environment, now }: CertificateAuthorityArgs,
    options: pulumi.ComponentResourceOptions = {},
  ) {
    super('smartstack:index:CertificateAuthority', environment, {}, options);
    this.#report = this.#secret('tls/authority', {
      create: `${program} authority ${environment}`,
      update: 'printf %s "$PULUMI_COMMAND_STDOUT"',
    });
    this.certificate = pulumi.unsecret(this.#report.apply(certificateIn));
    this.#issue = this.certificate.apply((certificate) => issueOf(certificate, now));
    this.registerOutputs({ certificate: this.certificate });
  }

  /** @param names For whom the host may answer. */
  hostTls(host: string, names: readonly string[]): HostTls {
    const report = this.#secret(`${host}/certificate`, {
      create: [program, 'certificate', host, ...names].join(' '),
      stdin: this.#report,
      addPreviousOutputInEnv: false,
      triggers: [this.#issue],
    });
    const authority: HostFile = {
      ...{ path: paths.authority, mode: '0644', owner: 'root' },
      content: this.certificate,
    };
    const own: HostFile = {
      ...{ path: paths.hostCertificate, mode: '0400', owner: 'smartstack' },
      content: report.apply(bothIn),
    };
    return { files: [authority, own], issue: this.#issue };
  }

  /** What a program prints that nobody may see. */
  #secret(name: string, args: local.CommandArgs): pulumi.Output<string> {
    const command = new local.Command(
      name,
      { ...args, dir: projectFolderFromHere(), logging: local.Logging.Stderr },
      { parent: this, additionalSecretOutputs: ['stdout'] },
    );
    return pulumi.secret(command.stdout);
  }
}

/** The repository brings a Node that runs TypeScript; a package is JavaScript, for any. */
const program = import.meta.filename.endsWith('.ts')
  ? 'node_modules/.bin/node infra/tls/main.ts'
  : 'node infra/tls/main.js';

function certificateIn(report: string): string {
  return parseKeyAndCertificate(report).certificate;
}

/** As HAProxy reads them from one file. */
function bothIn(report: string): string {
  const { certificate, key }: KeyAndCertificate = parseKeyAndCertificate(report);
  return certificate + key;
}
