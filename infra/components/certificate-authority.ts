import { local } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { projectFolderFromHere } from '../project.ts';
import { paths } from '../render/paths.ts';
import { type KeyAndCertificate, parseKeyAndCertificate } from '../tls/key-and-certificate.ts';
import { issueOf, shortPrint } from '../tls/renewal.ts';
import type { HostFile } from './written-file.ts';

export interface CertificateAuthorityArgs {
  readonly environment: string;
  /** Numbers: all of them are trusted, and the first one signs. */
  readonly authorities: readonly number[];
  readonly now: Date;
}

/** What a host needs to speak TLS. */
export interface HostTls {
  readonly files: readonly HostFile[];
  /** Which of its certificates it has, and whom it trusts: another text where one of them changes. */
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
 * An authority for certificates of an environment's own, or several while one takes the place of
 * another. Their keys live in the stack's state, as secrets, and nowhere else; no change of the program
 * makes one anew, and none of the catalog but of their numbers.
 */
class Authority extends pulumi.ComponentResource {
  /** Of all that are trusted; PEM; no secret. */
  readonly certificates: pulumi.Output<string>;
  /** That all hosts should have now. */
  protected readonly issue: pulumi.Output<string>;
  readonly #realm: Realm;
  /** Of whoever signs. */
  readonly #report: pulumi.Output<string>;
  readonly #signed: pulumi.Output<string>;

  constructor(
    realm: Realm,
    { environment, authorities, now }: CertificateAuthorityArgs,
    options: pulumi.ComponentResourceOptions,
  ) {
    const name = realm.name(environment);
    super('smartstack:index:CertificateAuthority', name, {}, options);
    this.#realm = realm;
    const made = authorities.map((number) => {
      const report = this.#make(name, number);
      return { number, report, certificate: pulumi.unsecret(report.apply(certificateIn)) };
    });
    const [signer, ...others] = made;
    if (signer === undefined) throw new Error('somebody has to sign');
    this.#report = signer.report;
    this.#signed = signer.certificate.apply((certificate) => issueOf(certificate, now));
    // In an order that does not tell who signs: whose turn it is changes nobody's trust.
    const byNumber = [...made].sort((one, other) => one.number - other.number);
    this.certificates = pulumi
      .all(byNumber.map(({ certificate }) => certificate))
      .apply((all) => all.join(''));
    this.issue = pulumi
      .all([this.#signed, ...others.map(({ certificate }) => certificate)])
      .apply(([signed, ...trusted]) => [signed, ...trusted.map(shortPrint)].join(' beside '));
    this.registerOutputs({ certificates: this.certificates });
  }

  /** The first has no number in its names. */
  #make(name: string, number: number): pulumi.Output<string> {
    const suffix = number === 1 ? '' : `-${number}`;
    return this.#secret(`${this.#realm.authority}${suffix}`, {
      // Of authorities with one name, ZooKeeper trusts but one.
      create: `${program} authority ${name}${suffix}`,
      update: 'printf %s "$PULUMI_COMMAND_STDOUT"',
    });
  }

  /** A certificate and its key in one file. */
  protected signed(host: string, names: readonly string[], path: string): HostFile {
    const report = this.#secret(`${host}/${this.#realm.certificate}`, {
      create: [program, 'certificate', host, ...names].join(' '),
      stdin: this.#report,
      addPreviousOutputInEnv: false,
      triggers: [this.#signed],
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
      files: [publicCertificate(paths.authority, this.certificates), own],
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
    const clients = pulumi.interpolate`${this.certificates}${hosts.certificates}`;
    const files = [
      publicCertificate(paths.memberAuthority, this.certificates),
      publicCertificate(paths.clientAuthorities, clients),
      this.signed(member, [], paths.memberCertificate),
    ];
    return { files, issue: this.issue };
  }

  /** By which a client knows members. */
  get forClients(): HostFile {
    return publicCertificate(paths.ensembleAuthority, this.certificates);
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
