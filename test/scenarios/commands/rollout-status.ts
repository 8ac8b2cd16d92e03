import type {
  DaemonSet as DaemonSetType,
  Deployment as DeploymentType,
  StatefulSet as StatefulSetType,
} from '../../../src/api/generated/apps/v1.ts';
import { namespaceFlags, namespaceOf, type Command } from '../command.ts';
import { UsageError } from '../arguments.ts';
import { targetOf } from '../kinds.ts';

interface Progress {
  readonly line: string;
  readonly done: boolean;
}

/** Lets time pass until the rollout is over, or says how it stands with `--watch=false`. */
export const rolloutStatus: Command = {
  name: 'rollout status',
  usage: 'rollout status KIND/NAME [-n NAMESPACE] [--watch=false] [--timeout=DURATION]',
  flags: { ...namespaceFlags, '--watch': 'switch', '--timeout': 'value' },
  async run(session, given, _input, print) {
    const { kind, name } = targetOf(given.one());
    const look = viewers[kind.kind];
    if (!look) throw new UsageError(`error: no status viewer has been implemented for ${kind.kind}`);
    const endMs = session.now() + given.durationMs('--timeout', 24 * 3600_000);
    let said = '';
    for (;;) {
      const { line, done } = look((await session.client.get(kind, { namespace: namespaceOf(given), name })) as never);
      if (line !== said) print(line);
      said = line;
      if (done || given.flag('--watch') === 'false') return;
      if (session.now() >= endMs) return print('error: timed out waiting for the condition');
      await session.plane.clock.advance(50);
    }
  },
};

/** Source: k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go. */
const viewers: Readonly<Record<string, (object: never) => Progress>> = {
  Deployment({ metadata, spec, status }: DeploymentType): Progress {
    const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, conditions = [] } = status;
    const waiting = (what: string): Progress => ({
      line: `Waiting for deployment "${metadata.name}" rollout to finish: ${what}...`,
      done: false,
    });
    if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
      return { line: 'Waiting for deployment spec update to be observed...', done: false };
    if (conditions.some(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded'))
      return { line: `error: deployment "${metadata.name}" exceeded its progress deadline`, done: true };
    if (updatedReplicas < (spec.replicas ?? 1)) return waiting(`${updatedReplicas} out of ${spec.replicas} new replicas have been updated`);
    if (replicas > updatedReplicas) return waiting(`${replicas - updatedReplicas} old replicas are pending termination`);
    if (availableReplicas < updatedReplicas) return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available`);
    return { line: `deployment "${metadata.name}" successfully rolled out`, done: true };
  },
  DaemonSet({ metadata, status }: DaemonSetType): Progress {
    const { updatedNumberScheduled = 0, desiredNumberScheduled, numberAvailable = 0 } = status;
    const waiting = (what: string): Progress => ({
      line: `Waiting for daemon set "${metadata.name}" rollout to finish: ${what}...`,
      done: false,
    });
    if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
      return { line: 'Waiting for daemon set spec update to be observed...', done: false };
    if (updatedNumberScheduled < desiredNumberScheduled)
      return waiting(`${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated`);
    if (numberAvailable < desiredNumberScheduled)
      return waiting(`${numberAvailable} of ${desiredNumberScheduled} updated pods are available`);
    return { line: `daemon set "${metadata.name}" successfully rolled out`, done: true };
  },
  StatefulSet({ metadata, spec, status }: StatefulSetType): Progress {
    const { readyReplicas = 0, updatedReplicas = 0, currentReplicas = 0, updateRevision = '', currentRevision = '' } = status;
    const replicas = spec.replicas ?? 1;
    const { partition = 0 } = spec.updateStrategy?.rollingUpdate ?? {};
    if (!status.observedGeneration || (metadata.generation ?? 0) > status.observedGeneration)
      return { line: 'Waiting for statefulset spec update to be observed...', done: false };
    if (readyReplicas < replicas) return { line: `Waiting for ${replicas - readyReplicas} pods to be ready...`, done: false };
    if (partition > 0) {
      if (updatedReplicas < replicas - partition)
        return {
          line: `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${replicas - partition} new pods have been updated...`,
          done: false,
        };
      return { line: `partitioned roll out complete: ${updatedReplicas} new pods have been updated...`, done: true };
    }
    if (updateRevision !== currentRevision)
      return {
        line: `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`,
        done: false,
      };
    return { line: `statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...`, done: true };
  },
};
