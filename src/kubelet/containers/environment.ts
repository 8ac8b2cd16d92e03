import type { Container, EnvFromSource, EnvVar, EnvVarSource, Node, Pod, Service } from '../../api/generated/core/v1.ts';
import { text } from '../../codec/bytes.ts';
import { ConfigError } from './config-error.ts';
import { containerNamed, fieldValue, resourceValue, type PodAddresses } from './downward.ts';
import { expand } from './expand.ts';
import type { Contents, ObjectReader } from './object-reader.ts';
import { serviceVariables } from './service-variables.ts';

export interface EnvironmentInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly addresses: PodAddresses;
  readonly node: Node | undefined;
  readonly objects: Pick<ObjectReader, 'configMap' | 'secret'>;
  /** Of the pod's namespace and of `default`. */
  readonly services: readonly Service[];
}

/**
 * A container's environment: what services, `envFrom` and `env` say, the later over the earlier.
 * Throws `ConfigError` where something required is missing. Source: pkg/kubelet makeEnvironmentVariables.
 */
export async function environment(input: EnvironmentInput): Promise<ReadonlyMap<string, string>> {
  const { pod, container, services } = input;
  const fromServices = serviceVariables(services, pod.metadata.namespace ?? '', pod.spec.enableServiceLinks ?? true);
  const result = new Map<string, string>();
  for (const source of container.envFrom ?? []) for (const [name, value] of await allOf(source, input)) result.set(name, value);
  const lookup = (name: string) => result.get(name) ?? fromServices.get(name);
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, input, lookup);
    if (value !== undefined) result.set(variable.name, value);
  }
  // Services add what the pod has not said itself.
  for (const [name, value] of fromServices) if (!result.has(name)) result.set(name, value);
  return result;
}

async function allOf({ prefix = '', configMapRef, secretRef }: EnvFromSource, { pod, objects }: EnvironmentInput) {
  const namespace = pod.metadata.namespace ?? '';
  const ref = configMapRef ?? secretRef;
  const name = ref?.name ?? '';
  const contents = configMapRef ? await objects.configMap(namespace, name) : await objects.secret(namespace, name);
  if (!contents) {
    if (ref?.optional) return [];
    throw new ConfigError(`${configMapRef ? 'configmap' : 'secret'} ${JSON.stringify(name)} not found`);
  }
  return [...contents].map(([key, value]) => [prefix + key, text(value)] as const);
}

async function valueOf(
  variable: EnvVar,
  input: EnvironmentInput,
  lookup: (name: string) => string | undefined,
): Promise<string | undefined> {
  const { value = '', valueFrom } = variable;
  return valueFrom ? fromSource(valueFrom, input) : expand(value, lookup);
}

async function fromSource(
  source: EnvVarSource,
  { pod, container, addresses, node, objects }: EnvironmentInput,
): Promise<string | undefined> {
  const namespace = pod.metadata.namespace ?? '';
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source;
  if (fieldRef) return fieldValue(pod, fieldRef.fieldPath, addresses);
  if (resourceFieldRef) {
    const { containerName = '' } = resourceFieldRef;
    return resourceValue(resourceFieldRef, containerName === '' ? container : containerNamed(pod, containerName), node);
  }
  if (configMapKeyRef)
    return keyOf('configmap', configMapKeyRef, await objects.configMap(namespace, configMapKeyRef.name ?? ''), namespace);
  if (secretKeyRef) return keyOf('secret', secretKeyRef, await objects.secret(namespace, secretKeyRef.name ?? ''), namespace);
  throw new ConfigError('environment variables from files need a volume on the machine');
}

interface KeyRef {
  readonly key: string;
  readonly name?: string;
  readonly optional?: boolean;
}

function keyOf(what: 'configmap' | 'secret', { key, name = '', optional }: KeyRef, contents: Contents | undefined, namespace: string) {
  const found = contents?.get(key);
  if (found) return text(found);
  if (optional) return undefined;
  if (!contents) throw new ConfigError(`${what} ${JSON.stringify(name)} not found`);
  const kind = what === 'secret' ? 'Secret' : 'ConfigMap';
  throw new ConfigError(`couldn't find key ${key} in ${kind} ${namespace}/${name}`);
}
