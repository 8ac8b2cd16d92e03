import { invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { HTTPIngressPath, Ingress, IngressBackend, IngressRule, IngressSpec, IngressTLS } from '../../generated/networking/v1.ts';
import { validateRequiredText, validateText } from '../../validation/field-checks.ts';
import { parseIp, validateLegacyIp } from '../../validation/ip.ts';
import { dns1123Label, dns1123Subdomain, pathSegmentName, portName, portNumber, wildcardDns1123Subdomain } from '../../validation/names.ts';
import { validateIngressHostname } from '../core/service-status-validation.ts';

export const ingressClassAnnotation = 'kubernetes.io/ingress.class';

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const badSequences = ['//', '/./', '/../', '%2f', '%2F'];
const badEndings = ['/..', '/.'];

export function validateIngress({ spec }: Ingress): FieldError[] {
  const rules = spec.rules ?? [];
  return [
    ...(rules.length === 0 && !spec.defaultBackend
      ? [invalid('spec', spec.rules, 'either `defaultBackend` or `rules` must be specified')]
      : []),
    ...(spec.defaultBackend ? validateBackend(spec.defaultBackend, 'spec.defaultBackend') : []),
    ...rules.flatMap((rule, i) => validateRule(rule, `spec.rules[${i}]`)),
    ...(spec.tls ?? []).flatMap((tls, i) => validateTls(tls, `spec.tls[${i}]`)),
    ...validateClassName(spec),
  ];
}

const validateClassName = ({ ingressClassName }: IngressSpec): FieldError[] =>
  ingressClassName === undefined ? [] : validateText(ingressClassName, 'spec.ingressClassName', dns1123Subdomain);

/** Old objects may say two things about their class. */
export function validateIngressCreate({ metadata, spec }: Ingress): FieldError[] {
  const annotated = metadata.annotations?.[ingressClassAnnotation];
  if (annotated === undefined || spec.ingressClassName === undefined || annotated === spec.ingressClassName) return [];
  return [invalid(`annotations.${ingressClassAnnotation}`, annotated, 'must match `ingressClassName` when both are specified')];
}

export function validateIngressStatus({ status }: Ingress): FieldError[] {
  return (status.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, i) => {
    const path = `status.loadBalancer.ingress[${i}]`;
    return [...(ip ? validateLegacyIp(ip, `${path}.ip`) : []), ...validateIngressHostname(hostname, `${path}.hostname`)];
  });
}

function validateTls({ hosts = [], secretName }: IngressTLS, path: string): FieldError[] {
  return [
    ...hosts.flatMap((host, i) => validateHostName(host, `${path}.hosts[${i}]`)),
    ...(secretName ? validateText(secretName, `${path}.secretName`, dns1123Subdomain) : []),
  ];
}

const validateHostName = (host: string, path: string): FieldError[] =>
  validateText(host, path, host.includes('*') ? wildcardDns1123Subdomain : dns1123Subdomain);

function validateRule({ host, http }: IngressRule, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (host) {
    if (parseIp(host)) problems.push(invalid(`${path}.host`, host, 'must be a DNS name, not an IP address'));
    problems.push(...validateHostName(host, `${path}.host`));
  }
  if (!http) return problems;
  const paths = http.paths ?? [];
  if (paths.length === 0) problems.push(required(`${path}.http.paths`));
  return [...problems, ...paths.flatMap((one, i) => validateHttpPath(one, `${path}.http.paths[${i}]`))];
}

function validateHttpPath({ path: text = '', pathType, backend }: HTTPIngressPath, path: string): FieldError[] {
  if (!pathType) return [required(`${path}.pathType`, 'pathType must be specified')];
  const backendProblems = validateBackend(backend, `${path}.backend`);
  if (!pathTypes.includes(pathType)) return [notSupported(`${path}.pathType`, pathType, pathTypes), ...backendProblems];
  const wrong = (detail: string) => invalid(`${path}.path`, text, detail);
  const problems: FieldError[] = [];
  const isOptional = pathType === 'ImplementationSpecific';
  if (!text.startsWith('/') && (text !== '' || !isOptional)) problems.push(wrong('must be an absolute path'));
  if (!isOptional) {
    problems.push(...badSequences.filter((one) => text.includes(one)).map((one) => wrong(`must not contain '${one}'`)));
    problems.push(...badEndings.filter((one) => text.endsWith(one)).map((one) => wrong(`cannot end with '${one}'`)));
  }
  return [...problems, ...backendProblems];
}

function validateBackend({ resource, service }: IngressBackend, path: string): FieldError[] {
  if (resource && service) return [invalid(path, '', 'cannot set both resource and service backends')];
  if (resource) return validateReference(resource, `${path}.resource`);
  if (!service) return [invalid(path, '', 'resource or service backend is required')];
  const problems = validateRequiredText(service.name, `${path}.service.name`, dns1123Label);
  const { name, number } = service.port ?? {};
  if (name && number) problems.push(invalid(path, '', 'cannot set both port name & port number'));
  else if (name) problems.push(...validateText(name, `${path}.service.port.name`, portName));
  else if (number) problems.push(...portNumber(number).map((problem) => invalid(`${path}.service.port.number`, number, problem)));
  else problems.push(required(path, 'port name or number is required'));
  return problems;
}

interface Reference {
  readonly apiGroup?: string;
  readonly kind: string;
  readonly name: string;
}

/** To an object of any kind, by group, kind and name. */
export function validateReference({ apiGroup, kind, name }: Reference, path: string): FieldError[] {
  return [
    ...(apiGroup === undefined ? [] : validateText(apiGroup, `${path}.apiGroup`, dns1123Subdomain)),
    ...validateRequiredText(kind, `${path}.kind`, pathSegmentName),
    ...validateRequiredText(name, `${path}.name`, pathSegmentName),
  ];
}
