import type { Container, EphemeralContainer, Pod, PodSpec, PodTemplateSpec, Probe, ResourceRequirements } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import { defaultPullPolicy } from './container-image.ts';
import { defaultPodLevelResources } from './pod-level-resources.ts';
import { roundResources } from './resource-quantities.ts';
import { defaultVolume } from './volume-defaults.ts';

type AnyContainer = Draft<Container> | Draft<EphemeralContainer>;
type Handler = { httpGet?: Draft<NonNullable<Probe['httpGet']>> };

/** Upstream's SetDefaults_Pod and all below it. */
export function defaultPod(pod: Draft<Pod>): void {
  pod.spec ??= { containers: [] };
  defaultPodSpec(pod.spec);
  defaultPodOnly(pod.spec);
}

/** What only a real pod gets, and no template: later defaults must not change the objects that hold templates. */
function defaultPodOnly(spec: Draft<PodSpec>): void {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  for (const { resources } of containers) if (resources) defaultRequestsToLimits(resources);
  defaultPodLevelResources(spec);
  spec.enableServiceLinks ??= true;
  if (spec.hostNetwork) containers.forEach(defaultHostPorts);
}

export function defaultPodTemplateSpec(template: Draft<PodTemplateSpec>): void {
  if (template.spec) defaultPodSpec(template.spec);
}

/** Upstream's SetDefaults_PodSpec and all below it: of pods and of templates alike. */
export function defaultPodSpec(spec: Draft<PodSpec>): void {
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.restartPolicy ||= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= 'default-scheduler';
  mirrorServiceAccount(spec);
  if (spec.overhead) roundResources(spec.overhead);
  if (spec.resources) roundRequirements(spec.resources);
  spec.volumes?.forEach(defaultVolume);
  for (const container of spec.containers ?? []) defaultContainer(container, spec.hostNetwork ?? false);
  for (const container of spec.initContainers ?? []) defaultContainer(container, spec.hostNetwork ?? false);
  for (const container of spec.ephemeralContainers ?? []) defaultContainer(container, spec.hostNetwork ?? false);
}

/** The deprecated name and the current one say the same; the current one wins. */
function mirrorServiceAccount(spec: Draft<PodSpec>): void {
  const name = spec.serviceAccountName || spec.serviceAccount;
  if (!name) return;
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
}

function defaultContainer(container: AnyContainer, hostNetwork: boolean): void {
  container.imagePullPolicy ||= defaultPullPolicy(container.image ?? '');
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  roundRequirements(container.resources);
  for (const port of container.ports ?? []) {
    port.protocol ||= 'TCP';
    if (hostNetwork && port.hostPort === 0) delete port.hostPort;
  }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1';
    if (valueFrom?.fileKeyRef) valueFrom.fileKeyRef.optional ??= false;
    if (valueFrom?.resourceFieldRef) valueFrom.resourceFieldRef.divisor ??= '0';
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) if (probe) defaultProbe(probe);
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop]) if (handler) defaultHandler(handler);
}

function defaultProbe(probe: Draft<Probe>): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  if (probe.grpc) probe.grpc.service ??= '';
  defaultHandler(probe);
}

function defaultHandler({ httpGet }: Handler): void {
  if (!httpGet) return;
  httpGet.path ||= '/';
  httpGet.scheme ||= 'HTTP';
}

function defaultRequestsToLimits(resources: Draft<ResourceRequirements>): void {
  if (!resources.limits) return;
  resources.requests = { ...resources.limits, ...resources.requests };
}

function defaultHostPorts({ ports }: Draft<Container>): void {
  for (const port of ports ?? []) if (!port.hostPort) port.hostPort = port.containerPort;
}

function roundRequirements({ limits, requests }: Draft<ResourceRequirements>): void {
  if (limits) roundResources(limits);
  if (requests) roundResources(requests);
}
