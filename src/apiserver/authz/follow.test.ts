import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import { seededRng } from '../../base/rng.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { Draft } from '../../api/draft.ts';
import { ApiError } from '../../api/errors.ts';
import { ClusterRole } from '../../api/kinds/rbac/clusterrole.ts';
import { ClusterRoleBinding } from '../../api/kinds/rbac/clusterrolebinding.ts';
import { Role } from '../../api/kinds/rbac/role.ts';
import { RoleBinding } from '../../api/kinds/rbac/rolebinding.ts';
import type { KubeObject } from '../../api/meta.ts';
import { KindRegistry } from '../../api/registry.ts';
import { MemoryStore } from '../../store/memory-store.ts';
import { Storages } from '../storage/storages.ts';
import { allow, clusterRole, clusterRoleBinding, users } from './bootstrap/notation.ts';
import { followRbac } from './follow.ts';
import { rulesFor } from './rbac.ts';
import { RbacIndex } from './rbac-source.ts';

const draftOf = (object: KubeObject) => structuredClone(object) as Draft<KubeObject>;

test('followRbac() knows what was there before, and each change by the time it is answered', async () => {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  await using store = new MemoryStore({ env: { clock, rng: seededRng(1), log: silentLog } });
  const kinds = new KindRegistry([ClusterRole, Role, ClusterRoleBinding, RoleBinding]);
  const ringLimits = { minEvents: 10, maxEvents: 100, maxBytes: 1_000_000, keepMs: 60_000 };
  const options = { store, clock, kinds, decodedBytes: 1_000_000, ringLimits, bookmarkEveryMs: 60_000, freeze: true, onEvents() {} };
  const storages = new Storages(options);
  const roles = storages.of(ClusterRole);
  const bindings = storages.of(ClusterRoleBinding);
  const jane = { name: 'jane', groups: [] };
  const index = new RbacIndex();

  await roles.create(roles.keyOf(undefined, 'r'), draftOf(clusterRole('r', [allow('get', 'core', 'pods')])));
  await followRbac((kind) => storages.of(kind).cache, index);
  assert.deepEqual(index.clusterRole('r')?.rules, [allow('get', 'core', 'pods')]);
  assert.deepEqual(rulesFor(index, jane, '').rules, []);

  const key = bindings.keyOf(undefined, 'r');
  await bindings.create(key, draftOf(clusterRoleBinding('r', users('jane'))));
  assert.deepEqual(rulesFor(index, jane, '').rules, [allow('get', 'core', 'pods')]);
  await bindings.remove((await bindings.get(key))!);
  assert.deepEqual(rulesFor(index, jane, '').rules, []);
  storages.stop(new ApiError(503, 'ServiceUnavailable', 'stopped'));
});
