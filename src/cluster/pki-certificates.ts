import type { KeyAlgorithm } from '../base/crypto.ts';
import type { AltNames } from '../codec/x509/extensions.ts';
import type { Name } from '../codec/x509/name.ts';
import type { ExtendedKeyUsage } from '../codec/x509/oids.ts';

/** What is the cluster's own in its certificates. */
export interface PkiOptions {
  /** `/etc/kubernetes/pki` on kubeadm's machines. */
  readonly folder: string;
  /** The control plane's node. */
  readonly nodeName: string;
  /** Where the API server is reached inside the cluster: the first address of the Service range, and the node's own. */
  readonly serviceAddress: string;
  readonly advertiseAddress: string;
  /** `cluster.local` when absent. */
  readonly dnsDomain?: string;
  /** More names and addresses for the API server's certificate (kubeadm's `certSANs`). */
  readonly extraNames?: readonly string[];
  /** With an authority and certificates for etcd; false when absent. */
  readonly etcd?: boolean;
  /** What signs ServiceAccount tokens; `rsa-2048` when absent: RS256 is what every verifier knows. */
  readonly serviceAccountKeys?: KeyAlgorithm;
}

export interface AuthoritySpec {
  /** The file's name without its ending, below the PKI folder. */
  readonly file: string;
  readonly commonName: string;
  readonly leaves: readonly LeafSpec[];
}

export interface LeafSpec {
  readonly file: string;
  readonly subject: Name;
  readonly usages: readonly ExtendedKeyUsage[];
  readonly altNames?: AltNames;
}

/** kubeadm's certificates (its GetDefaultCertList): three authorities and what each signs. */
export function pkiSpecs(options: PkiOptions): AuthoritySpec[] {
  const authorities = [kubernetesAuthority(options), frontProxyAuthority];
  return options.etcd ? [...authorities, etcdAuthority(options)] : authorities;
}

function kubernetesAuthority(options: PkiOptions): AuthoritySpec {
  return {
    file: 'ca',
    commonName: 'kubernetes',
    leaves: [
      { file: 'apiserver', subject: named('kube-apiserver'), usages: ['serverAuth'], altNames: apiServerNames(options) },
      { file: 'apiserver-kubelet-client', subject: named('kube-apiserver-kubelet-client'), usages: ['clientAuth'] },
    ],
  };
}

const frontProxyAuthority: AuthoritySpec = {
  file: 'front-proxy-ca',
  commonName: 'front-proxy-ca',
  leaves: [{ file: 'front-proxy-client', subject: named('front-proxy-client'), usages: ['clientAuth'] }],
};

function etcdAuthority({ nodeName, advertiseAddress }: PkiOptions): AuthoritySpec {
  const altNames = { dnsNames: [nodeName, 'localhost'].sort(), ipAddresses: [advertiseAddress, '127.0.0.1', '::1'] };
  const both: readonly ExtendedKeyUsage[] = ['serverAuth', 'clientAuth'];
  return {
    file: 'etcd/ca',
    commonName: 'etcd-ca',
    leaves: [
      { file: 'etcd/server', subject: named(nodeName), usages: both, altNames },
      { file: 'etcd/peer', subject: named(nodeName), usages: both, altNames },
      { file: 'etcd/healthcheck-client', subject: named('kube-etcd-healthcheck-client'), usages: ['clientAuth'] },
      { file: 'apiserver-etcd-client', subject: named('kube-apiserver-etcd-client'), usages: ['clientAuth'] },
    ],
  };
}

function apiServerNames(options: PkiOptions): AltNames {
  const { nodeName, serviceAddress, advertiseAddress, dnsDomain = 'cluster.local', extraNames = [] } = options;
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', `kubernetes.default.svc.${dnsDomain}`];
  const isAddress = (name: string) => /^[\d.]+$/.test(name) || name.includes(':');
  return {
    dnsNames: [...new Set([nodeName, ...service, ...extraNames.filter((name) => !isAddress(name))])].sort(),
    ipAddresses: [...new Set([serviceAddress, advertiseAddress, ...extraNames.filter(isAddress)])],
  };
}

function named(commonName: string): Name {
  return { commonName, organizations: [] };
}
