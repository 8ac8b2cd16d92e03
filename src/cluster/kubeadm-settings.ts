import { isObject, type JsonObject } from '../api/patch/json-object.ts';
import type { Taint } from '../api/generated/core/v1.ts';
import { labelValue, qualifiedName } from '../api/validation/names.ts';
import { forbiddenLabels } from '../apiserver/admission/node-restriction/labels.ts';
import type { ExtraArgs } from '../codec/component-flags.ts';
import type { ComponentArgs } from './component-args.ts';
import { patched, type Findings, type KubeadmKind, type KubeadmPatches } from './kubeadm-patches.ts';

/** What kubeadm's ClusterConfiguration sets here. */
export interface ClusterSettings {
  readonly args: ComponentArgs;
  readonly serviceSubnet?: string;
  /** Where static pods find files of their node. */
  readonly volumes: readonly Mount[];
}

/** A folder or file of one place, and what it is called in another. */
export interface Mount {
  readonly from: string;
  readonly to: string;
}

/** What kubeadm's `nodeRegistration` sets here. */
export interface NodeSettings {
  readonly labels: Readonly<Record<string, string>>;
  /** `nodeRegistration.taints`: instead of those of the node's role. */
  readonly taints?: readonly Taint[];
  /** The kubelet's `--register-with-taints`. */
  readonly registerWithTaints?: readonly Taint[];
}

const components = ['apiServer', 'controllerManager', 'scheduler'] as const;

/** As kind generates it, as far as patches could touch what is obeyed. */
const generated: JsonObject = {
  apiServer: { certSANs: [], extraArgs: {}, extraVolumes: [] },
  controllerManager: { extraArgs: {}, extraVolumes: [] },
  scheduler: { extraArgs: {}, extraVolumes: [] },
  networking: {},
};

export function clusterSettings(sets: readonly KubeadmPatches[], found: Findings): ClusterSettings {
  const document = patched('ClusterConfiguration', generated, sets, found);
  const volumes: Mount[] = [];
  const args: Record<string, ExtraArgs> = {};
  for (const name of components) {
    const at = `ClusterConfiguration.${name}`;
    const { extraArgs = {}, extraVolumes = [], ...rest } = objectAt(document, name);
    const flags = flagsOf(extraArgs, `${at}.extraArgs`, found);
    if (Object.keys(flags).length > 0) args[name] = flags;
    volumes.push(...mountsOf(extraVolumes, 'mountPath'));
    ignored(at, rest, found);
  }
  const { serviceSubnet, podSubnet, ...network } = objectAt(document, 'networking');
  ignored('ClusterConfiguration.networking', network, found);
  const { networking: _, apiServer: __, controllerManager: ___, scheduler: ____, ...others } = document;
  ignored('ClusterConfiguration', others, found);
  return {
    args: withPodSubnet(args, podSubnet),
    ...(typeof serviceSubnet === 'string' && { serviceSubnet }),
    volumes,
  };
}

/** kubeadm hands it to kube-controller-manager. */
export function withPodSubnet(args: ComponentArgs, podSubnet: unknown): ComponentArgs {
  if (typeof podSubnet !== 'string' || podSubnet === '') return args;
  return { ...args, controllerManager: { 'cluster-cidr': podSubnet, ...args.controllerManager } };
}

/** The first control plane is made by `init`, and every other node joins. */
export function nodeSettings(
  kind: Exclude<KubeadmKind, 'ClusterConfiguration'>,
  sets: readonly KubeadmPatches[],
  found: Findings,
): NodeSettings {
  const document = patched(kind, { nodeRegistration: { kubeletExtraArgs: {} } }, sets, found);
  const { nodeRegistration: _, ...others } = document;
  ignored(kind, others, found);
  const { kubeletExtraArgs = {}, taints, ...rest } = objectAt(document, 'nodeRegistration');
  ignored(`${kind}.nodeRegistration`, rest, found);
  const at = `${kind}.nodeRegistration.kubeletExtraArgs`;
  const { 'node-labels': labels, 'register-with-taints': withTaints, ...flags } = flagsOf(kubeletExtraArgs, at, found);
  ignored(at, flags, found);
  const registered = textsOf(withTaints).flatMap((text) => taintOf(text, `${at}.register-with-taints`, found));
  return {
    labels: Object.fromEntries(textsOf(labels).flatMap((text) => labelOf(text, `${at}.node-labels`, found))),
    ...(Array.isArray(taints) && {
      taints: taints.flatMap((taint: unknown) => taintOf(taintText(taint), `${kind}.nodeRegistration.taints`, found)),
    }),
    ...(registered.length > 0 && { registerWithTaints: registered }),
  };
}

const objectAt = (document: JsonObject, name: string): JsonObject => {
  const value = document[name];
  return isObject(value) ? value : {};
};

/** Empty lists, as kind generates them, say nothing. */
function ignored(at: string, rest: JsonObject, { warnings }: Findings): void {
  for (const [name, value] of Object.entries(rest))
    if (!Array.isArray(value) || value.length > 0) warnings.push(`${at}.${name} has no meaning on simulated nodes and is ignored`);
}

function flagsOf(flags: unknown, at: string, { problems }: Findings): ExtraArgs {
  if (!isObject(flags)) {
    problems.push(`${at}: must be names and values of flags`);
    return {};
  }
  const isText = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
  const bad = Object.entries(flags).filter(([, value]) => !(isText(value) || (Array.isArray(value) && value.every(isText))));
  problems.push(...bad.map(([name]) => `${at}.${name}: must be a string`));
  return bad.length > 0 ? {} : (flags as ExtraArgs);
}

function mountsOf(volumes: unknown, to: 'mountPath' | 'containerPath'): Mount[] {
  if (!Array.isArray(volumes)) return [];
  return (volumes as unknown[])
    .filter(isObject)
    .flatMap(({ hostPath, [to]: target }) =>
      typeof hostPath === 'string' && typeof target === 'string' ? [{ from: hostPath, to: target }] : [],
    );
}

/** A node's `extraMounts` in kind's config. */
export const extraMounts = (value: unknown): Mount[] => mountsOf(value, 'containerPath');

const textsOf = (value: ExtraArgs[string] | undefined): string[] =>
  value === undefined
    ? []
    : (Array.isArray(value) ? value.map(String) : [String(value)])
        .join(',')
        .split(',')
        .filter((text) => text !== '');

/** Source: kubelet's ValidateKubeletFlags. */
function labelOf(text: string, at: string, { problems }: Findings): [string, string][] {
  const equals = text.indexOf('=');
  const [key, value] = equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
  const wrong = [...qualifiedName(key), ...labelValue(value)];
  if (wrong.length > 0) problems.push(`${at}: ${JSON.stringify(text)}: ${wrong.join('; ')}`);
  else if (forbiddenLabels({ [key]: value }).length > 0)
    problems.push(`${at}: unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels: [${key}]`);
  else return [[key, value]];
  return [];
}

/** `key=value:Effect` or `key:Effect`. Source: pkg/util/taints. */
function taintOf(text: string, at: string, { problems }: Findings): Taint[] {
  const [, key = '', value, effect] = /^([^=:]+)(?:=([^=:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/.exec(text) ?? [];
  const wrong = key === '' ? [] : [...qualifiedName(key), ...labelValue(value ?? '')];
  if (key !== '' && wrong.length === 0) return [{ key, ...(value ? { value } : {}), effect: effect as Taint['effect'] }];
  problems.push(`${at}: invalid taint spec: ${text}${wrong.length > 0 ? `, ${wrong.join('; ')}` : ''}`);
  return [];
}

function taintText(taint: unknown): string {
  if (!isObject(taint)) return JSON.stringify(taint);
  const { key = '', value = '', effect = '' } = taint as Partial<Record<keyof Taint, string>>;
  return `${key}${value === '' ? '' : `=${value}`}:${effect}`;
}
