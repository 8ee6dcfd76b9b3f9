/** An environment's own authority, and what it signs: ECDSA on P-256, good for TLS alone. */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { KeyAndCertificate } from './key-and-certificate.ts';
import { lifeDays } from './renewal.ts';

const curve = { name: 'ECDSA', namedCurve: 'P-256' };
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };
const dayMs = 86_400_000;
/** A host whose clock is behind takes a new certificate all the same. */
const clockSkewMs = 3_600_000;

/** Signs itself; ten years. */
export async function makeAuthority(environment: string, now: Date): Promise<KeyAndCertificate> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...common(now, lifeDays.authority),
      name: [{ CN: [`smartstack ${environment}`] }],
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return pem(certificate, keys);
}

export interface CertificateRequest {
  readonly authority: KeyAndCertificate;
  /** A host's name. Who is asked for one of `names` must never find it here: it has no dots. */
  readonly host: string;
  /** For whom the host may answer. */
  readonly names: readonly string[];
}

/** For both ends of a connection: a host asks others, and answers for its services. */
export async function issueCertificate(
  { authority, host, names }: CertificateRequest,
  now: Date,
): Promise<KeyAndCertificate> {
  const keys = await newKeys();
  const issuer = new x509.X509Certificate(authority.certificate);
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  const certificate = await x509.X509CertificateGenerator.create(
    {
      ...common(now, lifeDays.certificate),
      subject: [{ CN: [host] }],
      issuer: issuer.subject,
      publicKey: keys.publicKey,
      signingKey: await signingKey(authority.key),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([serverAuth, clientAuth]),
        await x509.AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto),
        ...(names.length === 0 ? [] : [alternativeNames(names)]),
      ],
    },
    webcrypto,
  );
  return pem(certificate, keys);
}

function alternativeNames(names: readonly string[]): x509.Extension {
  return new x509.SubjectAlternativeNameExtension(
    names.map((value) => ({ type: 'dns' as const, value })),
  );
}

function common(now: Date, days: number) {
  return {
    serialNumber: serialNumber(),
    notBefore: new Date(now.getTime() - clockSkewMs),
    notAfter: new Date(now.getTime() + days * dayMs),
    signingAlgorithm,
  };
}

/** Positive and not to be guessed (RFC 5280, 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8() & 0x7f) | 0x40);
  return bytes.toString('hex');
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
}

function signingKey(key: string): Promise<webcrypto.CryptoKey> {
  const der = x509.PemConverter.decodeFirst(key);
  return webcrypto.subtle.importKey('pkcs8', der, curve, false, ['sign']);
}

async function pem(
  certificate: x509.X509Certificate,
  { privateKey }: webcrypto.CryptoKeyPair,
): Promise<KeyAndCertificate> {
  const der = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  const key = x509.PemConverter.encode(der, 'PRIVATE KEY');
  return { certificate: `${certificate.toString('pem')}\n`, key: `${key}\n` };
}
