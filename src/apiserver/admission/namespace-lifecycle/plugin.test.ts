import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiError } from '../../../api/errors.ts';
import { LocalSubjectAccessReview } from '../../../api/kinds/authorization/localsubjectaccessreview.ts';
import { ConfigMap } from '../../../api/kinds/core/configmap.ts';
import { Namespace } from '../../../api/kinds/core/namespace.ts';
import { admit, readerOf } from '../trial.ts';
import { namespaceLifecycle } from './plugin.ts';

const plugin = namespaceLifecycle(
  readerOf(
    [Namespace, { metadata: { name: 'live' }, status: { phase: 'Active' } }],
    [Namespace, { metadata: { name: 'dying' }, status: { phase: 'Terminating' } }],
  ),
);
const configMap = (namespace: string) => ({ kind: ConfigMap, namespace, object: { metadata: { name: 'c', namespace } } });

describe('NamespaceLifecycle', () => {
  test('lets objects into a namespace that is there, and into no other', async () => {
    await admit(plugin, configMap('live'));
    await assert.rejects(admit(plugin, configMap('x')), { code: 404, message: 'namespaces "x" not found' });
  });

  test('refuses new objects in a namespace that goes away, and says why in a cause', async () => {
    const refusal = await admit(plugin, configMap('dying')).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(refusal instanceof ApiError);
    const why = 'unable to create new content in namespace dying because it is being terminated';
    assert.equal(refusal.message, `configmaps "c" is forbidden: ${why}`);
    assert.deepEqual(refusal.details?.causes, [
      { reason: 'NamespaceTerminating', message: 'namespace dying is being terminated', field: 'metadata.namespace' },
    ]);
  });

  test('lets objects there be changed and deleted', async () => {
    const object = { metadata: { name: 'c', namespace: 'dying' } };
    await admit(plugin, { ...configMap('dying'), old: object });
    await admit(plugin, { kind: ConfigMap, namespace: 'dying', old: object, operation: 'DELETE' });
  });

  test('keeps the namespaces without which nothing works', async () => {
    const remove = (name: string) => admit(plugin, { kind: Namespace, name, operation: 'DELETE' });
    await assert.rejects(remove('kube-system'), {
      code: 403,
      message: 'namespaces "kube-system" is forbidden: this namespace may not be deleted',
    });
    await remove('live');
  });

  test('lets rights be asked for in a namespace that is not there', async () => {
    await admit(plugin, { kind: LocalSubjectAccessReview, namespace: 'x', object: {} });
  });
});
