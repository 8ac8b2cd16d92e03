import type { Rng } from '../../../src/base/rng.ts';
import { ApiError, isNotFound } from '../../../src/api/errors.ts';
import type { Deployment as DeploymentType, StatefulSet as StatefulSetType } from '../../../src/api/generated/apps/v1.ts';
import type { Eviction } from '../../../src/api/generated/policy/v1.ts';
import type { Kind } from '../../../src/api/kind.ts';
import type { KubeObject } from '../../../src/api/meta.ts';
import { DaemonSet } from '../../../src/api/kinds/apps/daemonset.ts';
import { Deployment } from '../../../src/api/kinds/apps/deployment.ts';
import { ReplicaSet } from '../../../src/api/kinds/apps/replicaset.ts';
import { StatefulSet } from '../../../src/api/kinds/apps/statefulset.ts';
import { CronJob } from '../../../src/api/kinds/batch/cronjob.ts';
import { Job } from '../../../src/api/kinds/batch/job.ts';
import { Namespace } from '../../../src/api/kinds/core/namespace.ts';
import { Node } from '../../../src/api/kinds/core/node.ts';
import { Pod } from '../../../src/api/kinds/core/pod.ts';
import { ResourceQuota } from '../../../src/api/kinds/core/resourcequota.ts';
import { Service } from '../../../src/api/kinds/core/service.ts';
import { PodDisruptionBudget } from '../../../src/api/kinds/policy/poddisruptionbudget.ts';
import { PriorityClass } from '../../../src/api/kinds/scheduling/priorityclass.ts';
import type { Client } from '../../../src/client/client.ts';
import { controllerOf, isControlledBy } from '../../../src/workloads/owner.ts';
import { byHand } from './invariants/pod-changes.ts';
import type { Scenario } from './scenario.ts';
import {
  badImage,
  budget,
  cronJob,
  daemonSet,
  deployment,
  goodImages,
  guardedBy,
  job,
  namespace,
  quota,
  service,
  statefulSet,
  storingSet,
  strategyOf,
  templateOf,
  urgency,
  urgentDeployment,
  vital,
  vitalTemplate,
} from './workloads.ts';

const rolling = ['web-0', 'web-1', 'web-2'] as const;
const recreated = 'mono';
const sets = ['ordered', 'parallel', 'storing'] as const;
const agent = 'agent';
const urgent = 'urgent';
const clock = 'clock';

function unlessGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

/** People at work on a cluster, by chance. What they may not do they are told, and go on. */
export class Traffic {
  readonly #client: Client;
  readonly #rng: Rng;
  readonly #scenario: Scenario;
  readonly #did: (what: string) => void;
  #jobs = 0;
  #doomed = 0;

  /** `did` hears of everything that is tried. */
  constructor(client: Client, rng: Rng, scenario: Scenario, did: (what: string) => void) {
    this.#client = client;
    this.#rng = rng;
    this.#scenario = scenario;
    this.#did = did;
  }

  async begin(): Promise<void> {
    const rng = this.#rng;
    await this.#client.create(ResourceQuota, quota);
    for (const priority of [urgency, vital]) await this.#client.create(PriorityClass, priority);
    for (const name of rolling) await this.#client.create(Deployment, deployment(name, rng));
    await this.#client.create(Deployment, deployment(recreated, rng, { type: 'Recreate' }));
    const guarded = deployment(guardedBy, rng);
    await this.#client.create(Deployment, { ...guarded, spec: { ...guarded.spec, replicas: 3 + rng.below(3) } });
    await this.#client.create(PodDisruptionBudget, budget(guardedBy, rng));
    await this.#client.create(StatefulSet, statefulSet(sets[0], rng, 'OrderedReady'));
    await this.#client.create(StatefulSet, statefulSet(sets[1], rng, 'Parallel'));
    await this.#client.create(StatefulSet, storingSet(sets[2], rng));
    await this.#client.create(CronJob, cronJob(clock, rng));
    if (this.#scenario.losses) await this.#client.create(Deployment, urgentDeployment(urgent, rng));
    await this.#client.create(DaemonSet, daemonSet(agent, rng));
    for (const name of [...rolling, guardedBy]) await this.#client.create(Service, service(name));
    await this.#client.create(Service, service(sets[0], true));
  }

  async step(): Promise<void> {
    try {
      await this.#pick()();
    } catch (error) {
      // Somebody else was there first, or a budget is in the way.
      if (!(error instanceof ApiError) || ![403, 404, 409, 429].includes(error.code)) throw error;
    }
  }

  /** Nobody asks for anything that cannot be any more. */
  async heal(): Promise<void> {
    for (const { metadata } of (await this.#client.list(Node)).items) await this.#cordon(metadata.name!, false);
    await this.#patch(CronJob, clock, { spec: { suspend: true } });
    for (const { metadata, spec } of (await this.#client.list(Deployment, { namespace })).items) {
      const isBad = spec.template.spec?.containers[0]?.image === badImage;
      await this.#patch(Deployment, metadata.name!, {
        spec: {
          paused: false,
          ...(metadata.name === urgent && { replicas: 0 }),
          ...(isBad && { template: templateOf(metadata.name!, this.#rng, goodImages[0]) }),
        },
      });
    }
  }

  /** Of a machine that does not run: it would only come back. */
  async removeNode(name: string): Promise<void> {
    this.#did(`delete node ${name}`);
    await this.#client.delete(Node, { name }).catch(unlessGone);
  }

  #pick(): () => Promise<void> {
    const { losses } = this.#scenario;
    const often: (readonly [number, () => Promise<void>])[] = [
      [6, () => this.#scale()],
      [8, () => this.#change()],
      [2, () => this.#breakImage()],
      [4, () => this.#undo()],
      [2, () => this.#pause()],
      [1, () => this.#restrategize()],
      [2, () => this.#replace()],
      [5, () => this.#startJob()],
      [1, () => this.#endJob()],
      [1, () => this.#doom()],
      [4, () => this.#evict(guardedBy)],
      [1, () => this.#rebudget()],
      [2, () => this.#toggleCordon()],
      ...(losses
        ? ([
            [3, () => this.#evictAny()],
            [3, () => this.#deletePod()],
            [2, () => this.#drain()],
            [2, () => this.#crowd()],
          ] as const)
        : []),
    ];
    let dice = this.#rng.below(often.reduce((sum, [weight]) => sum + weight, 0));
    return often.find(([weight]) => (dice -= weight) < 0)![1];
  }

  async #scale(): Promise<void> {
    const name = this.#oneOf([...rolling, recreated, ...sets]);
    const replicas = this.#rng.below(7);
    this.#did(`scale ${name} to ${replicas}`);
    await this.#patch(this.#kindOf(name), name, { spec: { replicas } });
  }

  async #change(): Promise<void> {
    const name = this.#oneOf([...rolling, recreated, ...sets, agent]);
    this.#did(`change the template of ${name}`);
    await this.#patch(this.#kindOf(name), name, {
      spec: { template: name === agent ? vitalTemplate(name, this.#rng) : templateOf(name, this.#rng) },
    });
  }

  async #breakImage(): Promise<void> {
    const name = this.#oneOf([...rolling, recreated]);
    this.#did(`give ${name} an image that is not there`);
    await this.#patch(Deployment, name, { spec: { template: templateOf(name, this.#rng, badImage) } });
  }

  /** As `kubectl rollout undo` does. */
  async #undo(): Promise<void> {
    const name = this.#oneOf([...rolling, recreated]);
    const now = await this.#client.get(Deployment, { namespace, name });
    if (now.spec.paused) return;
    const { items } = await this.#client.list(ReplicaSet, { namespace });
    const revisionOf = (one: KubeObject) => Number(one.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
    const old = items
      .filter((one) => isControlledBy(one, now) && revisionOf(one) < revisionOf(now))
      .toSorted((a, b) => revisionOf(b) - revisionOf(a))[0];
    if (!old) return;
    this.#did(`undo ${name} to revision ${revisionOf(old)}`);
    const { 'pod-template-hash': _hash, ...labels } = old.spec.template?.metadata?.labels ?? {};
    const template = { ...old.spec.template, metadata: { ...old.spec.template?.metadata, labels } };
    await this.#client.patch(Deployment, { namespace, name }, 'json', [{ op: 'replace', path: '/spec/template', value: template }]);
  }

  async #pause(): Promise<void> {
    const name = this.#oneOf(rolling);
    const { spec } = await this.#client.get(Deployment, { namespace, name });
    this.#did(`${spec.paused ? 'resume' : 'pause'} ${name}`);
    await this.#patch(Deployment, name, { spec: { paused: !spec.paused } });
  }

  async #restrategize(): Promise<void> {
    const name = this.#oneOf(rolling);
    this.#did(`change the strategy of ${name}`);
    await this.#patch(Deployment, name, { spec: { strategy: strategyOf(this.#rng) } });
  }

  async #replace(): Promise<void> {
    const name = this.#oneOf([...rolling, recreated, ...sets, agent]);
    const kind = this.#kindOf(name);
    const propagationPolicy = this.#oneOf(['Foreground', 'Background', 'Orphan'] as const);
    const old = await this.#client.get(kind, { namespace, name });
    this.#did(`delete ${name} (${propagationPolicy})`);
    await this.#client.delete(kind, { namespace, name }, { propagationPolicy });
    if (propagationPolicy === 'Foreground') return;
    this.#did(`make ${name} again`);
    const { resourceVersion: _version, uid: _uid, ...rest } = old.metadata;
    const metadata = { namespace, name, ...(rest.labels && { labels: rest.labels }) };
    await this.#client.create(kind, { ...old, metadata });
  }

  async #startJob(): Promise<void> {
    const name = `job-${this.#jobs++}`;
    this.#did(`start ${name}`);
    await this.#client.create(Job, job(name, this.#rng));
  }

  async #endJob(): Promise<void> {
    if (this.#jobs === 0) return;
    const name = `job-${this.#rng.below(this.#jobs)}`;
    this.#did(`delete ${name}`);
    await this.#client.delete(Job, { namespace, name }, { propagationPolicy: 'Background' });
  }

  /** A namespace with something in it, and its end. */
  async #doom(): Promise<void> {
    const name = `doomed-${this.#doomed >> 1}`;
    const isNew = this.#doomed++ % 2 === 0;
    this.#did(`${isNew ? 'make' : 'delete'} namespace ${name}`);
    if (!isNew) return void (await this.#client.delete(Namespace, { name }));
    await this.#client.create(Namespace, { metadata: { name }, spec: {}, status: {} });
    const web = deployment('web', this.#rng);
    await this.#client.create(Deployment, { ...web, metadata: { namespace: name, name: 'web' } });
    const set = statefulSet('set', this.#rng, 'Parallel');
    await this.#client.create(StatefulSet, { ...set, metadata: { namespace: name, name: 'set' } });
  }

  async #rebudget(): Promise<void> {
    this.#did('another budget');
    await this.#client.delete(PodDisruptionBudget, { namespace, name: guardedBy });
    await this.#client.create(PodDisruptionBudget, budget(guardedBy, this.#rng));
  }

  async #evict(app: string): Promise<void> {
    const { items } = await this.#client.list(Pod, { namespace }, { labelSelector: `app=${app}` });
    for (let count = 1 + this.#rng.below(3); count > 0 && items.length > 0; count--)
      await this.#evictPod(this.#oneOf(items).metadata.name!);
  }

  async #evictAny(): Promise<void> {
    const { items } = await this.#client.list(Pod, { namespace });
    if (items.length > 0) await this.#evictPod(this.#oneOf(items).metadata.name!);
  }

  async #evictPod(name: string): Promise<void> {
    this.#did(`evict ${name}`);
    const eviction: Eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } };
    await this.#client.createSub({ group: '', version: 'v1', resource: 'pods', namespace, name, subresource: 'eviction' }, eviction);
  }

  async #deletePod(): Promise<void> {
    const { items } = await this.#client.list(Pod, { namespace });
    if (items.length === 0) return;
    const name = this.#oneOf(items).metadata.name!;
    this.#did(`delete pod ${name}`);
    await this.#patch(Pod, name, { metadata: { annotations: { [byHand]: '' } } });
    await this.#client.delete(Pod, { namespace, name });
  }

  async #crowd(): Promise<void> {
    const replicas = 1 + this.#rng.below(5);
    this.#did(`scale ${urgent} to ${replicas}`);
    await this.#patch(Deployment, urgent, { spec: { replicas } });
  }

  async #drain(): Promise<void> {
    const node = this.#oneOf((await this.#client.list(Node)).items).metadata.name!;
    this.#did(`drain ${node}`);
    await this.#cordon(node, true);
    const { items } = await this.#client.list(Pod, { namespace }, { fieldSelector: `spec.nodeName=${node}` });
    for (const pod of items) if (controllerOf(pod)?.kind !== 'DaemonSet') await this.#evictPod(pod.metadata.name!);
  }

  async #toggleCordon(): Promise<void> {
    const { metadata, spec } = this.#oneOf((await this.#client.list(Node)).items);
    this.#did(`${spec?.unschedulable ? 'uncordon' : 'cordon'} ${metadata.name}`);
    await this.#cordon(metadata.name!, !spec?.unschedulable);
  }

  async #cordon(name: string, unschedulable: boolean): Promise<void> {
    await this.#client.patch(Node, { name }, 'merge', { spec: { unschedulable } });
  }

  async #patch<O extends KubeObject>(kind: Kind<O>, name: string, patch: unknown): Promise<void> {
    await this.#client.patch(kind, { namespace, name }, 'merge', patch);
  }

  #kindOf(name: string): Kind<DeploymentType | StatefulSetType> {
    const kind: unknown = name === agent ? DaemonSet : sets.some((set) => set === name) ? StatefulSet : Deployment;
    return kind as Kind<DeploymentType | StatefulSetType>;
  }

  #oneOf<T>(all: readonly T[]): T {
    return all[this.#rng.below(all.length)]!;
  }
}
