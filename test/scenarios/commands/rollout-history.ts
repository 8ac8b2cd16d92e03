import type { Deployment as DeploymentType } from '../../../src/api/generated/apps/v1.ts';
import { Deployment } from '../../../src/api/kinds/apps/deployment.ts';
import { UsageError } from '../arguments.ts';
import { namespaceFlags, namespaceOf, type Command } from '../command.ts';
import { targetOf } from '../kinds.ts';
import { columns } from '../printing.ts';
import { revisionsOf } from './revisions.ts';

export const rolloutHistory: Command = {
  name: 'rollout history',
  usage: 'rollout history deployment/NAME [-n NAMESPACE]',
  flags: namespaceFlags,
  async run(session, given, _input, print) {
    const { kind, name } = targetOf(given.one());
    if (kind !== Deployment) throw new UsageError(`usage: ${rolloutHistory.usage}`);
    const deployment = await session.client.get<DeploymentType>(Deployment, { namespace: namespaceOf(given), name });
    const revisions = await revisionsOf(session, deployment);
    const cause = 'kubernetes.io/change-cause';
    print(`deployment.apps/${name}`);
    print(
      columns(
        [
          ['REVISION', 'CHANGE-CAUSE'],
          ...revisions.map(({ revision, set }) => [String(revision), set.metadata.annotations?.[cause] ?? '<none>']),
        ],
        2,
      ),
    );
  },
};
