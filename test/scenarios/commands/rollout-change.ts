import { namespaceFlags, namespaceOf, type Command } from '../command.ts';
import { nameWithKind, targetOf } from '../kinds.ts';
import type { Session } from '../session.ts';

/** A verb of `kubectl rollout` that is one patch. */
const change = (verb: string, done: string, specOf: (session: Session) => unknown): Command => ({
  name: `rollout ${verb}`,
  usage: `rollout ${verb} KIND/NAME [-n NAMESPACE]`,
  flags: namespaceFlags,
  async run(session, given, _input, print) {
    const { kind, name } = targetOf(given.one());
    await session.client.patch(
      kind,
      { namespace: namespaceOf(given), name },
      'strategic',
      { spec: specOf(session) },
      { fieldManager: 'kubectl-rollout' },
    );
    print(`${nameWithKind(kind, name)} ${done}`);
  },
});

export const rolloutPause = change('pause', 'paused', () => ({ paused: true }));
export const rolloutResume = change('resume', 'resumed', () => ({ paused: null }));
export const rolloutRestart = change('restart', 'restarted', (session) => ({
  template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': new Date(session.now()).toISOString() } } },
}));
