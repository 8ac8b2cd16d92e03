import type { Deployment as DeploymentType } from '../../../src/api/generated/apps/v1.ts';
import { Deployment } from '../../../src/api/kinds/apps/deployment.ts';
import { UsageError } from '../arguments.ts';
import { namespaceFlags, namespaceOf, type Command } from '../command.ts';
import { targetOf } from '../kinds.ts';
import { revisionKey, revisionsOf } from './revisions.ts';

/** Puts the template of an earlier revision back: the one before, or `--to-revision`. */
export const rolloutUndo: Command = {
  name: 'rollout undo',
  usage: 'rollout undo deployment/NAME [--to-revision=N] [-n NAMESPACE]',
  flags: { ...namespaceFlags, '--to-revision': 'value' },
  async run(session, given, _input, print) {
    const { kind, name } = targetOf(given.one());
    if (kind !== Deployment) throw new UsageError(`usage: ${rolloutUndo.usage}`);
    const at = { namespace: namespaceOf(given), name };
    const deployment = await session.client.get<DeploymentType>(Deployment, at);
    if (deployment.spec.paused)
      throw new UsageError(
        `error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume deployment/${name}' and try again`,
      );
    const revisions = await revisionsOf(session, deployment);
    const wanted = Number(given.flag('--to-revision') ?? revisions.at(-2)?.revision);
    const found = revisions.find(({ revision }) => revision === wanted);
    if (!found)
      throw new UsageError(
        revisions.length < 2
          ? `error: no rollout history found for deployment "${name}"`
          : `error: unable to find specified revision ${wanted} in history`,
      );
    if (deployment.metadata.annotations?.[revisionKey] === String(wanted))
      return print(`deployment.apps/${name} skipped rollback (current template already matches revision ${wanted})`);
    const { template } = found.set.spec;
    const { 'pod-template-hash': _hash, ...labels } = template!.metadata?.labels ?? {};
    const value = { ...template, metadata: { ...template!.metadata, labels } };
    await session.client.patch(Deployment, at, 'json', [{ op: 'replace', path: '/spec/template', value }], {
      fieldManager: 'kubectl-rollout',
    });
    print(`deployment.apps/${name} rolled back`);
  },
};
