import type { Container, Pod } from '../../api/generated/core/v1.ts';
import { quantityFrom } from '../../api/kinds/core/resource-quantities.ts';
import { value } from '../../api/quantity.ts';
import { utf8 } from '../../codec/bytes.ts';
import type { ContainerConfig, Mount, PodSandboxConfig } from '../../runtime/cri.ts';
import type { KubeletParts } from '../kubelet-parts.ts';
import { ConfigError } from './config-error.ts';
import type { PodAddresses } from './downward.ts';
import { environment } from './environment.ts';
import { expand } from './expand.ts';
import { linuxResources } from './resources.ts';

/** Where the logs of a pod's containers are, as upstream's log collectors expect it. */
export const podLogFolder = ({ metadata: { namespace, name, uid } }: Pod): string => `/var/log/pods/${namespace}_${name}_${uid}`;

const podLabels = ({ metadata: { name = '', namespace = '', uid = '' } }: Pod) => ({
  'io.kubernetes.pod.name': name,
  'io.kubernetes.pod.namespace': namespace,
  'io.kubernetes.pod.uid': uid,
});

export function sandboxConfig(pod: Pod, attempt: number): PodSandboxConfig {
  const { metadata, spec } = pod;
  const { name = '', namespace = '', uid = '' } = metadata;
  return {
    metadata: { name, namespace, uid, attempt },
    hostname: (spec.hostname ?? name).slice(0, 63).replace(/[-.]+$/, ''),
    logDirectory: podLogFolder(pod),
    labels: { ...metadata.labels, ...podLabels(pod) },
    annotations: metadata.annotations ?? {},
    hostNetwork: spec.hostNetwork ?? false,
    portMappings: spec.containers.flatMap(({ ports = [] }) =>
      ports.map(({ protocol = 'TCP', containerPort, hostPort = 0, hostIP = '' }) => ({
        protocol,
        containerPort,
        hostPort,
        hostIp: hostIP,
      })),
    ),
  };
}

export interface ContainerPlace {
  readonly addresses: PodAddresses;
  /** Where the pod's volumes are on the machine, by name. */
  readonly volumePaths: ReadonlyMap<string, string>;
  readonly attempt: number;
  readonly imageRef: string;
}

/** What the runtime is told to run. Throws `ConfigError`. Source: kuberuntime generateContainerConfig. */
export async function containerConfig(
  parts: Pick<KubeletParts, 'objects' | 'services' | 'node' | 'machine'>,
  pod: Pod,
  container: Container,
  { addresses, volumePaths, attempt, imageRef }: ContainerPlace,
): Promise<ContainerConfig> {
  const { objects, services, node, machine } = parts;
  const namespace = pod.metadata.namespace ?? '';
  const ofNamespaces = await Promise.all([...new Set(['default', namespace])].map((one) => services.inNamespace(one)));
  const variables = await environment({ pod, container, addresses, node: node(), objects, services: ofNamespaces.flat() });
  const expanded = (texts: readonly string[] = []) => texts.map((text) => expand(text, (name) => variables.get(name)));
  const { name, image = '', workingDir = '', stdin = false, tty = false, lifecycle } = container;
  return {
    metadata: { name, attempt },
    image,
    imageRef,
    command: expanded(container.command),
    args: expanded(container.args),
    workingDir,
    envs: Array.from(variables, ([key, text]) => ({ key, value: text })),
    mounts: mountsOf(container, volumePaths, (name) => variables.get(name)),
    labels: { ...podLabels(pod), 'io.kubernetes.container.name': name },
    annotations: {
      [definitionAnnotation]: definitionOf(container),
      'io.kubernetes.container.restartCount': String(attempt),
      'io.kubernetes.pod.terminationGracePeriod': String(pod.spec.terminationGracePeriodSeconds ?? 30),
      'io.kubernetes.container.terminationMessagePath': container.terminationMessagePath ?? '/dev/termination-log',
      'io.kubernetes.container.terminationMessagePolicy': container.terminationMessagePolicy ?? 'File',
    },
    logPath: `${name}/${attempt}.log`,
    stdin,
    tty,
    resources: linuxResources(pod, container, value(quantityFrom(machine.capacity['memory']))),
    ...(lifecycle?.stopSignal && { stopSignal: lifecycle.stopSignal }),
  };
}

/** Tells by which definition a container was made. */
export const definitionAnnotation = 'io.kubernetes.container.hash';

/** Of what may change in a pod, the image alone needs another container. Source: pkg/kubelet/container HashContainer. */
export function definitionOf({ name, image }: Container): string {
  let hash = 0x811c9dc5;
  for (const byte of utf8(JSON.stringify({ name, image }))) hash = Math.imul(hash, 0x01000193) ^ byte;
  return (hash >>> 0).toString(16);
}

/** Volumes that are nowhere on the machine (simulated nodes) are not mounted. */
function mountsOf(
  { volumeMounts = [] }: Container,
  paths: ReadonlyMap<string, string>,
  valueOf: (name: string) => string | undefined,
): Mount[] {
  return volumeMounts.flatMap(({ name, mountPath, readOnly = false, subPath = '', subPathExpr = '' }) => {
    const hostPath = paths.get(name);
    if (hostPath === undefined) return [];
    const within = subPathExpr === '' ? subPath : expand(subPathExpr, valueOf);
    if (within.startsWith('/') || within.split('/').includes('..'))
      throw new ConfigError(`failed to prepare subPath for volumeMount "${name}" of container`);
    return [{ containerPath: mountPath, hostPath: within === '' ? hostPath : `${hostPath}/${within}`, readonly: readOnly }];
  });
}
