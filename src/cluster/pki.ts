import type { KeyAlgorithm, KeyPair } from '../base/crypto.ts';
import type { Env } from '../base/env.ts';
import {
  certificateFromPem,
  certificatePem,
  issueCertificate,
  isSignedBy,
  isValidAt,
  type Certificate,
  type CertificateTemplate,
  type Signer,
} from '../codec/x509/certificate.ts';
import { compareBytes } from '../codec/x509/der.ts';
import { publicKeyDer } from '../codec/x509/public-key.ts';
import type { FileSystem } from '../machine/files.ts';
import { pkiSpecs, type AuthoritySpec, type LeafSpec, type PkiOptions } from './pki-certificates.ts';
import { certificateMode, keyMode, readTextFile, replaceFile } from './pki-files.ts';

/** A certificate and its key, as TLS wants them. */
export interface KeyedCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** An authority; without a key it can only be trusted, not sign (kubeadm's "external CA"). */
export interface Authority {
  readonly certificatePem: string;
  readonly privateKeyPem?: string;
}

export interface ClusterPki {
  readonly ca: Authority;
  readonly frontProxyCa: Authority;
  readonly etcdCa?: Authority;
  /** By file name: `apiserver`, `apiserver-kubelet-client`, `front-proxy-client`, `etcd/server` … */
  readonly leaves: ReadonlyMap<string, KeyedCertificate>;
  /** Signs and checks ServiceAccount tokens. */
  readonly serviceAccountKeys: KeyPair;
  /** What was made or renewed, for the log. */
  readonly changes: readonly PkiChange[];
}

export interface PkiChange {
  readonly file: string;
  readonly why: string;
}

/** The files are there, and are not what a cluster can run with. The message says which and why. */
export class PkiError extends Error {
  override name = 'PkiError';
}

/** Elliptic keys, kubeadm's `encryptionAlgorithm: ECDSA-P256`: a hundred times faster to make than its default, RSA-2048. */
const certificateKeys: KeyAlgorithm = 'ecdsa-p256';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** kubeadm's periods, and its allowance for clocks that go behind. */
const authorityValidityMs = 3650 * dayMs;
const leafValidityMs = 365 * dayMs;
const backdateMs = 5 * minuteMs;
/** A certificate this near to its end is renewed; kubeadm leaves that to upgrades, which come more often than once a year. */
const renewAheadMs = 30 * dayMs;

type PkiEnv = Pick<Env, 'clock' | 'crypto'>;

/**
 * Makes what is missing of a cluster's PKI and renews what would not do; whatever is there and good
 * stays as it is. May be cut off at any point: the next run completes the work.
 */
export async function ensurePki(env: PkiEnv, files: FileSystem, options: PkiOptions): Promise<ClusterPki> {
  const work: Work = { env, files, folder: options.folder, changes: [] };
  const authorities = new Map<string, Authority>();
  const leaves = new Map<string, KeyedCertificate>();
  for (const spec of pkiSpecs(options)) {
    const authority = await ensureAuthority(work, spec);
    authorities.set(spec.file, authority);
    for (const leaf of spec.leaves) leaves.set(leaf.file, await ensureLeaf(work, leaf, spec, authority));
  }
  const etcdCa = authorities.get('etcd/ca');
  return {
    ca: authorities.get('ca')!,
    frontProxyCa: authorities.get('front-proxy-ca')!,
    ...(etcdCa && { etcdCa }),
    leaves,
    serviceAccountKeys: await ensureServiceAccountKeys(work, options.serviceAccountKeys ?? 'rsa-2048'),
    changes: work.changes,
  };
}

interface Work {
  readonly env: PkiEnv;
  readonly files: FileSystem;
  readonly folder: string;
  readonly changes: PkiChange[];
}

async function ensureAuthority(work: Work, { file, commonName }: AuthoritySpec): Promise<Authority> {
  const { env, files } = work;
  const path = `${work.folder}/${file}`;
  const [certificate, key] = await Promise.all([readTextFile(files, `${path}.crt`), readTextFile(files, `${path}.key`)]);
  if (certificate !== undefined) {
    const problem = authorityProblem(env, readCertificate(`${path}.crt`, certificate), key);
    if (problem) throw new PkiError(`${path}.crt: ${problem}`);
    return { certificatePem: certificate, ...(key !== undefined && { privateKeyPem: key }) };
  }
  const privateKeyPem = key ?? (await makeKey(work, `${path}.key`));
  const nowMs = env.clock.now();
  const template: CertificateTemplate = {
    subject: { commonName, organizations: [] },
    notBeforeMs: nowMs - backdateMs,
    notAfterMs: nowMs - backdateMs + authorityValidityMs,
    keyUsage: ['digitalSignature', 'keyEncipherment', 'certSign'],
    ca: true,
    dnsNames: [commonName],
  };
  const made = certificatePem(issueCertificate(env.crypto, template, env.crypto.publicKeyOf(privateKeyPem), { privateKeyPem }));
  await replaceFile(files, `${path}.crt`, made, certificateMode);
  work.changes.push({ file: `${file}.crt`, why: 'it was missing' });
  return { certificatePem: made, privateKeyPem };
}

/** An authority is never replaced by us: everybody who trusts it would have to be told. */
function authorityProblem({ clock, crypto }: PkiEnv, certificate: Certificate, key: string | undefined): string | undefined {
  if (!certificate.basicConstraints?.ca) return 'the certificate is not a CA';
  if (!isValidAt(certificate, clock.now())) return 'the CA is expired or not yet valid; remove it and its key to get a new one';
  if (key !== undefined && !isKeyOf({ crypto }, certificate, key)) return 'the certificate and the private key do not match';
  return undefined;
}

async function ensureLeaf(work: Work, leaf: LeafSpec, { file }: AuthoritySpec, authority: Authority): Promise<KeyedCertificate> {
  const { env, files } = work;
  const path = `${work.folder}/${leaf.file}`;
  const [certificate, key] = await Promise.all([readTextFile(files, `${path}.crt`), readTextFile(files, `${path}.key`)]);
  const authorityCertificate = certificateFromPem(authority.certificatePem);
  const problem = leafProblem(env, leaf, { certificate, key }, authorityCertificate, path);
  if (!problem) return { certificatePem: certificate!, privateKeyPem: key! };
  if (authority.privateKeyPem === undefined) {
    throw new PkiError(`${path}.crt: ${problem}, and there is no ${work.folder}/${file}.key to sign another one with`);
  }
  const privateKeyPem = key ?? (await makeKey(work, `${path}.key`));
  const made = issueLeaf(env, leaf, { certificate: authorityCertificate, privateKeyPem: authority.privateKeyPem }, privateKeyPem);
  await replaceFile(files, `${path}.crt`, made, certificateMode);
  work.changes.push({ file: `${leaf.file}.crt`, why: problem });
  return { certificatePem: made, privateKeyPem };
}

/** Why a certificate has to be made (again); undefined when it will do. */
function leafProblem(
  env: PkiEnv,
  leaf: LeafSpec,
  found: { readonly certificate: string | undefined; readonly key: string | undefined },
  authority: Certificate,
  path: string,
): string | undefined {
  if (found.certificate === undefined) return 'it was missing';
  if (found.key === undefined) return 'its key was missing';
  const certificate = readCertificate(`${path}.crt`, found.certificate);
  const nowMs = env.clock.now();
  const missing = missingNames(leaf, certificate);
  if (!isSignedBy(env.crypto, certificate, authority)) return 'it is not signed by its authority';
  if (!isKeyOf(env, certificate, found.key)) return 'it does not match its key';
  if (certificate.notAfterMs < nowMs) return 'it was expired';
  if (!isValidAt(certificate, Math.min(nowMs + renewAheadMs, authority.notAfterMs))) return 'it was about to expire';
  if (missing.length > 0) return `it did not name ${missing.join(', ')}`;
  return leaf.usages.every((usage) => certificate.extendedKeyUsage.includes(usage)) ? undefined : 'it was not for its use';
}

function missingNames({ altNames = {} }: LeafSpec, certificate: Certificate): string[] {
  const { dnsNames = [], ipAddresses = [] } = altNames;
  return [
    ...dnsNames.filter((name) => !certificate.dnsNames?.includes(name)),
    ...ipAddresses.filter((address) => !certificate.ipAddresses?.includes(address)),
  ];
}

/** A certificate of a year, as kubeadm makes them for servers and clients alike. */
function issueLeaf(env: PkiEnv, leaf: Omit<LeafSpec, 'file'>, signer: Signer, privateKeyPem: string): string {
  const notBeforeMs = env.clock.now() - backdateMs;
  const template: CertificateTemplate = {
    subject: leaf.subject,
    notBeforeMs,
    notAfterMs: Math.min(notBeforeMs + leafValidityMs, signer.certificate?.notAfterMs ?? Infinity),
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: leaf.usages,
    ...leaf.altNames,
  };
  return certificatePem(issueCertificate(env.crypto, template, env.crypto.publicKeyOf(privateKeyPem), signer));
}

async function ensureServiceAccountKeys(work: Work, algorithm: KeyAlgorithm): Promise<KeyPair> {
  const path = `${work.folder}/sa`;
  const existing = await readTextFile(work.files, `${path}.key`);
  const privateKeyPem = existing ?? (await makeKey(work, `${path}.key`, algorithm));
  const published = await readTextFile(work.files, `${path}.pub`);
  const publicKeyPem = work.env.crypto.publicKeyOf(privateKeyPem);
  if (published === undefined) {
    await replaceFile(work.files, `${path}.pub`, publicKeyPem, keyMode);
    work.changes.push({ file: 'sa.pub', why: 'it was missing' });
  }
  return { privateKeyPem, publicKeyPem };
}

async function makeKey({ env, files, folder, changes }: Work, path: string, algorithm = certificateKeys): Promise<string> {
  const { privateKeyPem } = env.crypto.generateKeyPair(algorithm);
  await replaceFile(files, path, privateKeyPem, keyMode);
  changes.push({ file: path.slice(folder.length + 1), why: 'it was missing' });
  return privateKeyPem;
}

/** Credentials for a client, signed by the cluster's authority; kept by whoever asked (in a kubeconfig), not in the PKI's folder. */
export function clientCredentials(env: PkiEnv, ca: Authority, client: ClientIdentity): KeyedCertificate {
  if (ca.privateKeyPem === undefined) throw new PkiError(`there is no CA key to sign a certificate for ${client.name} with`);
  const { privateKeyPem } = env.crypto.generateKeyPair(certificateKeys);
  const subject = { commonName: client.name, organizations: client.groups };
  const signer = { certificate: certificateFromPem(ca.certificatePem), privateKeyPem: ca.privateKeyPem };
  return { certificatePem: issueLeaf(env, { subject, usages: ['clientAuth'] }, signer, privateKeyPem), privateKeyPem };
}

/** A kubelet's certificate for its HTTPS port (CN and O as its client certificate has them). */
export function kubeletServingCertificate(env: PkiEnv, ca: Authority, nodeName: string, addresses: readonly string[]): KeyedCertificate {
  if (ca.privateKeyPem === undefined) throw new PkiError(`there is no CA key to sign a certificate for ${nodeName} with`);
  const { privateKeyPem } = env.crypto.generateKeyPair(certificateKeys);
  const { name, groups } = clients.kubelet(nodeName);
  const leaf: Omit<LeafSpec, 'file'> = {
    subject: { commonName: name, organizations: groups },
    usages: ['serverAuth'],
    altNames: { dnsNames: [nodeName], ipAddresses: addresses },
  };
  const signer = { certificate: certificateFromPem(ca.certificatePem), privateKeyPem: ca.privateKeyPem };
  return { certificatePem: issueLeaf(env, leaf, signer, privateKeyPem), privateKeyPem };
}

export interface ClientIdentity {
  readonly name: string;
  readonly groups: readonly string[];
}

/** Those for whom kubeadm writes kubeconfigs. */
export const clients = {
  admin: { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins'] },
  superAdmin: { name: 'kubernetes-super-admin', groups: ['system:masters'] },
  controllerManager: { name: 'system:kube-controller-manager', groups: [] },
  scheduler: { name: 'system:kube-scheduler', groups: [] },
  kubelet: (nodeName: string): ClientIdentity => ({ name: `system:node:${nodeName}`, groups: ['system:nodes'] }),
} as const;

function isKeyOf({ crypto }: Pick<Env, 'crypto'>, certificate: Certificate, privateKeyPem: string): boolean {
  return compareBytes(publicKeyDer(crypto.publicKeyOf(privateKeyPem)), certificate.publicKey) === 0;
}

function readCertificate(path: string, pem: string): Certificate {
  try {
    return certificateFromPem(pem);
  } catch (error) {
    throw new PkiError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
