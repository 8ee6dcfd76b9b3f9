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

/** Whom an authority makes certificates for. */
interface Realm {
  /** Of the authority. */
  readonly name: (environment: string) => string;
  /** Of resources. */
  readonly authority: string;
  readonly certificate: string;
}

/**
 * An authority for certificates of an environment's own. Its key lives in the stack's state, as a
 * secret, and nowhere else; no change of the program or the catalog makes it anew.
 */
class Authority extends pulumi.ComponentResource {
  /** PEM; no secret. */
  readonly certificate: pulumi.Output<string>;
  /** That all hosts should have now. */
  protected readonly issue: pulumi.Output<string>;
  readonly #realm: Realm;
  readonly #report: pulumi.Output<string>;

  constructor(
    realm: Realm,
    { environment, now }: CertificateAuthorityArgs,
    options: pulumi.ComponentResourceOptions,
  ) {
    const name = realm.name(environment);
    super('smartstack:index:CertificateAuthority', name, {}, options);
    this.#realm = realm;
    this.#report = this.#secret(realm.authority, {
      create: `${program} authority ${name}`,
      update: 'printf %s "$PULUMI_COMMAND_STDOUT"',
    });
    this.certificate = pulumi.unsecret(this.#report.apply(certificateIn));
    this.issue = this.certificate.apply((certificate) => issueOf(certificate, now));
    this.registerOutputs({ certificate: this.certificate });
  }

  /** A certificate and its key in one file. */
  protected signed(host: string, names: readonly string[], path: string): HostFile {
    const report = this.#secret(`${host}/${this.#realm.certificate}`, {
      create: [program, 'certificate', host, ...names].join(' '),
      stdin: this.#report,
      addPreviousOutputInEnv: false,
      triggers: [this.issue],
    });
    return { path, mode: '0400', owner: 'smartstack', content: report.apply(bothIn) };
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

/** Of hosts, for services that go over TLS, and for whoever comes to ZooKeeper so. */
export class CertificateAuthority extends Authority {
  constructor(args: CertificateAuthorityArgs, options: pulumi.ComponentResourceOptions = {}) {
    const name = (environment: string): string => environment;
    super({ name, authority: 'tls/authority', certificate: 'certificate' }, args, options);
  }

  /** @param names For whom the host may answer. */
  hostTls(host: string, names: readonly string[]): HostTls {
    const own = this.signed(host, names, paths.hostCertificate);
    return {
      files: [publicCertificate(paths.authority, this.certificate), own],
      issue: this.issue,
    };
  }
}

/** Of members of the ensemble alone: whoever has a certificate of it is one. */
export class EnsembleAuthority extends Authority {
  constructor(args: CertificateAuthorityArgs, options: pulumi.ComponentResourceOptions = {}) {
    const name = (environment: string): string => `${environment}-ensemble`;
    const resources = { authority: 'tls/ensemble-authority', certificate: 'member-certificate' };
    super({ name, ...resources }, args, options);
  }

  /** @param hosts Who may be a client, beside members. */
  memberTls(member: string, hosts: CertificateAuthority): HostTls {
    const clients = pulumi.interpolate`${this.certificate}${hosts.certificate}`;
    const files = [
      publicCertificate(paths.memberAuthority, this.certificate),
      publicCertificate(paths.clientAuthorities, clients),
      this.signed(member, [], paths.memberCertificate),
    ];
    return { files, issue: this.issue };
  }

  /** By which a client knows members. */
  get forClients(): HostFile {
    return publicCertificate(paths.ensembleAuthority, this.certificate);
  }
}

function publicCertificate(path: string, content: pulumi.Output<string>): HostFile {
  return { path, mode: '0644', owner: 'root', content };
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
