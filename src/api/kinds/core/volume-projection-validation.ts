import type {
  ClusterTrustBundleProjection,
  DownwardAPIVolumeFile,
  KeyToPath,
  PodCertificateProjection,
  ProjectedVolumeSource,
  ServiceAccountTokenProjection,
  VolumeProjection,
} from '../../generated/core/v1.ts';
import { forbidden, invalid, required, type FieldError } from '../../field-error.ts';
import { validatePresent, validateRequiredSupported } from '../../validation/field-checks.ts';
import { validateLabelSelector } from '../../validation/label-selector.ts';
import { dns1123Subdomain } from '../../validation/names.ts';
import { isKubernetesSigner, validateSignerName } from '../../validation/signer-name.ts';
import { validateFieldRef, validateResourceFieldRef, volumeFieldPaths } from './container-env-validation.ts';
import { validateFileMode, validateLocalNonReservedPath } from './volume-paths.ts';

export function validateKeyToPath(item: KeyToPath, path: string): FieldError[] {
  return [
    ...validatePresent(item.key, `${path}.key`),
    ...validatePresent(item.path, `${path}.path`),
    ...validateLocalNonReservedPath(item.path ?? '', `${path}.path`),
    ...validateFileMode(item.mode, `${path}.mode`),
  ];
}

export function validateDownwardFile(file: DownwardAPIVolumeFile, path: string): FieldError[] {
  const problems = [...validatePresent(file.path, `${path}.path`), ...validateLocalNonReservedPath(file.path ?? '', `${path}.path`)];
  if (file.fieldRef) {
    problems.push(...validateFieldRef(file.fieldRef, volumeFieldPaths, `${path}.fieldRef`));
    if (file.resourceFieldRef)
      problems.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
  } else if (file.resourceFieldRef) {
    problems.push(...validateResourceFieldRef(file.resourceFieldRef, `${path}.resourceFieldRef`, true));
  } else problems.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
  return [...problems, ...validateFileMode(file.mode, `${path}.mode`)];
}

export function validateProjected(projected: ProjectedVolumeSource, path: string): FieldError[] {
  const files = new FilePaths(path);
  return [
    ...validateFileMode(projected.defaultMode, `${path}.defaultMode`),
    ...(projected.sources ?? []).flatMap((source, i) => validateSource(source, files, `${path}.sources[${i}]`)),
  ];
}

/** The paths that a volume's sources write to: no two the same. */
class FilePaths {
  readonly #taken = new Set<string>();
  readonly volumePath: string;

  constructor(volumePath: string) {
    this.volumePath = volumePath;
  }

  /** `shown` is the value that upstream's error names. */
  take(file: string | undefined, shown: string | undefined): FieldError[] {
    if (!file) return [];
    if (this.#taken.has(file)) return [invalid(this.volumePath, shown, 'conflicting duplicate paths')];
    this.#taken.add(file);
    return [];
  }
}

function validateSource(source: VolumeProjection, files: FilePaths, path: string): FieldError[] {
  const problems: FieldError[] = [];
  const { secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } = source;
  if (secret) problems.push(...validateKeys(secret, files, `${path}.secret`));
  if (configMap) problems.push(...validateKeys(configMap, files, `${path}.configMap`));
  for (const file of downwardAPI?.items ?? []) {
    problems.push(...validateDownwardFile(file, `${path}.downwardAPI`), ...files.take(file.path, file.path));
  }
  if (serviceAccountToken) problems.push(...validateToken(serviceAccountToken, files.volumePath, `${path}.serviceAccountToken`));
  if (clusterTrustBundle) problems.push(...validateTrustBundle(clusterTrustBundle, files, `${path}.clusterTrustBundle`));
  if (podCertificate) problems.push(...validatePodCertificate(podCertificate, files, `${path}.podCertificate`));
  if (Object.values(source).filter((one) => one !== undefined && one !== null).length > 1) {
    problems.push(forbidden(path, 'may not specify more than 1 volume type per source'));
  }
  return problems;
}

function validateKeys(
  source: { readonly name?: string; readonly items?: readonly KeyToPath[] },
  files: FilePaths,
  path: string,
): FieldError[] {
  return [
    ...validatePresent(source.name, `${path}.name`),
    ...(source.items ?? []).flatMap((item, i) => [
      ...validateKeyToPath(item, `${path}.items[${i}]`),
      ...files.take(item.path, source.name),
    ]),
  ];
}

/** The path's problems are told of the volume, as upstream has it. */
function validateToken(token: ServiceAccountTokenProjection, volumePath: string, path: string): FieldError[] {
  const { expirationSeconds = 0 } = token;
  const problems: FieldError[] = [];
  if (expirationSeconds < 600) {
    problems.push(invalid(`${path}.expirationSeconds`, expirationSeconds, 'may not specify a duration less than 10 minutes'));
  }
  if (expirationSeconds > 2 ** 32) {
    problems.push(invalid(`${path}.expirationSeconds`, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
  }
  if (!token.path) return [...problems, required(`${volumePath}.path`)];
  return [...problems, ...validateLocalNonReservedPath(token.path, `${volumePath}.path`)];
}

function validateTrustBundle(bundle: ClusterTrustBundleProjection, files: FilePaths, path: string): FieldError[] {
  return [
    ...validateBundleChoice(bundle, path),
    ...validatePresent(bundle.path, `${path}.path`),
    ...validateLocalNonReservedPath(bundle.path ?? '', `${path}.path`),
    ...files.take(bundle.path, bundle.path),
  ];
}

function validateBundleChoice(bundle: ClusterTrustBundleProjection, path: string): FieldError[] {
  const { name, signerName, labelSelector } = bundle;
  if (name !== undefined && signerName !== undefined) return [invalid(path, bundle, 'only one of name and signerName may be used')];
  if (name !== undefined) {
    const problems = name === '' ? [required(`${path}.name`, 'must be a valid object name')] : [];
    // Those of a signer begin with its name, the slash written as a colon.
    const own = name.slice(name.lastIndexOf(':') + 1);
    problems.push(...dns1123Subdomain(own).map((detail) => invalid(`${path}.name`, name, `not a valid clustertrustbundlename: ${detail}`)));
    if (labelSelector) problems.push(invalid(`${path}.labelSelector`, labelSelector, 'labelSelector must be unset if name is specified'));
    return problems;
  }
  if (signerName === undefined) return [required(path, 'either name or signerName must be specified')];
  return [
    ...(signerName === '' ? [required(`${path}.signerName`, 'must be a valid signer name')] : []),
    ...validateSignerName(signerName, `${path}.signerName`),
    ...validateLabelSelector(labelSelector, {}, `${path}.labelSelector`),
  ];
}

const keyTypes = ['ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519', 'RSA3072', 'RSA4096'];
const minCertificateSeconds = 3600;
const maxCertificateSeconds = 91 * 24 * 3600;
const maxKubernetesCertificateSeconds = 24 * 3600;

function validatePodCertificate(source: PodCertificateProjection, files: FilePaths, path: string): FieldError[] {
  const { credentialBundlePath, keyPath, certificateChainPath, maxExpirationSeconds } = source;
  const problems = [
    ...validateSignerName(source.signerName ?? '', `${path}.signerName`),
    ...validateRequiredSupported(source.keyType, `${path}.keyType`, keyTypes),
  ];
  const max = isKubernetesSigner(source.signerName ?? '') ? maxKubernetesCertificateSeconds : maxCertificateSeconds;
  if (maxExpirationSeconds !== undefined && maxExpirationSeconds < minCertificateSeconds) {
    const detail = `if provided, maxExpirationSeconds must be >= ${minCertificateSeconds}`;
    problems.push(invalid(`${path}.maxExpirationSeconds`, maxExpirationSeconds, detail));
  } else if (maxExpirationSeconds !== undefined && maxExpirationSeconds > max) {
    problems.push(invalid(`${path}.maxExpirationSeconds`, maxExpirationSeconds, `if provided, maxExpirationSeconds must be <= ${max}`));
  }
  for (const [field, file] of Object.entries({ credentialBundlePath, keyPath, certificateChainPath })) {
    if (file) problems.push(...validateLocalNonReservedPath(file, `${path}.${field}`), ...files.take(file, file));
  }
  if (!credentialBundlePath && !keyPath && !certificateChainPath) {
    problems.push(required(path, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath'));
  }
  return problems;
}
