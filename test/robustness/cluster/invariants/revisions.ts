import type { Deployment as DeploymentType } from '../../../../src/api/generated/apps/v1.ts';
import type { PodTemplateSpec } from '../../../../src/api/generated/core/v1.ts';
import { Deployment } from '../../../../src/api/kinds/apps/deployment.ts';
import { ReplicaSet } from '../../../../src/api/kinds/apps/replicaset.ts';
import { controllerOf } from '../../../../src/workloads/owner.ts';
import type { Invariant } from '../invariant.ts';
import { isKind, nameOf, type Change, type ClusterModel } from '../model.ts';
import { replicaSetsOf } from './rollouts.ts';

/** Each ReplicaSet stands for a template that its Deployment had, and each template has one. */
export class OneReplicaSetPerTemplate implements Invariant {
  readonly name = 'each template of a Deployment has one ReplicaSet';
  looked = 0;
  readonly #templates = new Map<string, Set<string>>();

  see({ before, after }: Change, cluster: ClusterModel): string | undefined {
    if (isKind(Deployment, after)) this.#templatesOf(after).add(canonical(after.spec.template));
    if (before || !isKind(ReplicaSet, after)) return undefined;
    const deployment = cluster.get(Deployment, controllerOf(after)?.uid);
    if (!deployment) return undefined;
    this.looked++;
    const template = canonical(after.spec.template ?? {});
    if (!this.#templatesOf(deployment).has(template)) return `${nameOf(after)} has a template that ${nameOf(deployment)} never had`;
    const others = replicaSetsOf(deployment, cluster).filter((one) => one.metadata.uid !== after.metadata.uid);
    const same = others.find(({ spec }) => canonical(spec.template ?? {}) === template);
    return same && `${nameOf(after)} has the template of ${nameOf(same)}`;
  }

  #templatesOf({ metadata: { uid = '' } }: DeploymentType): Set<string> {
    const templates = this.#templates.get(uid) ?? new Set();
    this.#templates.set(uid, templates);
    return templates;
  }
}

/** Scaling, pausing and whatever else is no change of the template makes no revision. */
export class RevisionsAreTemplates implements Invariant {
  readonly name = 'a Deployment has no more revisions than templates it was given';
  looked = 0;
  readonly #given = new Map<string, number>();

  see({ before, after }: Change): string | undefined {
    if (!isKind(Deployment, after)) return undefined;
    const uid = after.metadata.uid ?? '';
    const isNew = !isKind(Deployment, before) || canonical(before.spec.template) !== canonical(after.spec.template);
    const given = (this.#given.get(uid) ?? 0) + (isNew ? 1 : 0);
    this.#given.set(uid, given);
    const revision = Number(after.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
    this.looked++;
    return revision > given ? `${nameOf(after)} is at revision ${revision} after ${given} templates` : undefined;
  }
}

/** The template as text, without the label that tells ReplicaSets apart. */
export function canonical({ metadata, spec }: PodTemplateSpec): string {
  const { 'pod-template-hash': _hash, ...labels } = metadata?.labels ?? {};
  return JSON.stringify(sorted({ labels, annotations: metadata?.annotations ?? {}, spec: spec ?? {} }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, sorted(one)]),
  );
}
