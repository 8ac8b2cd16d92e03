import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod } from '../../api/generated/core/v1.ts';
import { goingOnLostNodes, goingUnbound, terminatedBeyond } from './doomed-pods.ts';

const pod = (name: string, status: Pod['status'], created = '2026-01-01T00:00:00Z'): Pod => ({
  metadata: { name, creationTimestamp: created },
  spec: { containers: [] },
  status,
});
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);

test('of too many terminated pods the evicted go first, then the oldest, then by name', () => {
  const pods = [
    pod('running', { phase: 'Running' }),
    pod('young', { phase: 'Succeeded' }, '2026-01-01T00:00:02Z'),
    pod('old-b', { phase: 'Failed' }),
    pod('old-a', { phase: 'Succeeded' }),
    pod('evicted', { phase: 'Failed', reason: 'Evicted' }, '2026-01-01T00:00:03Z'),
  ];
  assert.deepEqual(names(terminatedBeyond(pods, 1)), ['evicted', 'old-a', 'old-b']);
  assert.deepEqual(terminatedBeyond(pods, 4), []);
  assert.deepEqual(terminatedBeyond(pods, 0), []);
});

test('a pod that is going is taken from its node only when the node is out of service and not ready', () => {
  const going: Pod = {
    ...pod('p', {}),
    metadata: { name: 'p', deletionTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [], nodeName: 'n' },
  };
  const taints = [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] as const;
  const node = (ready: string, out: boolean): Node => ({
    metadata: { name: 'n' },
    spec: out ? { taints } : {},
    status: { conditions: [{ type: 'Ready', status: ready }] },
  });
  assert.deepEqual(names(goingOnLostNodes([going], () => node('Unknown', true))), ['p']);
  assert.deepEqual(
    goingOnLostNodes([going], () => node('True', true)),
    [],
  );
  assert.deepEqual(
    goingOnLostNodes([going], () => node('Unknown', false)),
    [],
  );
  assert.deepEqual(
    goingOnLostNodes([{ ...going, metadata: { name: 'p' } }], () => node('Unknown', true)),
    [],
  );
  assert.deepEqual(goingUnbound([going]), []);
  assert.deepEqual(names(goingUnbound([{ ...going, spec: { containers: [] } }])), ['p']);
});
