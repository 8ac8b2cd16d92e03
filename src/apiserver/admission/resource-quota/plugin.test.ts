import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ResourceQuotaSpec } from '../../../api/generated/core/v1.ts';
import type { Kind } from '../../../api/kind.ts';
import { ConfigMap } from '../../../api/kinds/core/configmap.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { ResourceQuota } from '../../../api/kinds/core/resourcequota.ts';
import { Service } from '../../../api/kinds/core/service.ts';
import { admit, readerOf, stillClock } from '../trial.ts';
import { resourceQuotaAdmission } from './plugin.ts';

const pod = (name: string, more: object = {}, status: object = {}) => ({
  metadata: { name, namespace: 'ns' },
  spec: { containers: [{ name: 'app', resources: { requests: { cpu: '300m' } } }], ...more },
  status,
});
const withQuota = (spec: ResourceQuotaSpec, stored: readonly (readonly [Kind, object])[] = []) =>
  resourceQuotaAdmission(readerOf([ResourceQuota, { metadata: { name: 'q', namespace: 'ns' }, spec }], ...stored), stillClock);
const exceeded = (kind: string, text: string) => ({ code: 403, message: `${kind} is forbidden: exceeded quota: q, ${text}` });

describe('ResourceQuota', () => {
  test('refuses what goes over, with what is asked, used and allowed', async () => {
    const plugin = withQuota({ hard: { pods: '1', 'requests.cpu': '1' } }, [[Pod, pod('a')]]);
    await assert.rejects(
      admit(plugin, { kind: Pod, object: pod('b') }),
      exceeded('pods "b"', 'requested: pods=1, used: pods=1, limited: pods=1'),
    );
  });

  test('adds up amounts, and counts no pod that has ended', async () => {
    const plugin = withQuota({ hard: { 'requests.cpu': '500m' } }, [
      [Pod, pod('done', {}, { phase: 'Succeeded' })],
      [Pod, pod('a')],
    ]);
    await assert.rejects(
      admit(plugin, { kind: Pod, object: pod('b') }),
      exceeded('pods "b"', 'requested: requests.cpu=300m, used: requests.cpu=300m, limited: requests.cpu=500m'),
    );
  });

  test('counts what was let through a moment ago and is not stored yet', async () => {
    const plugin = withQuota({ hard: { pods: '2' } });
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => admit(plugin, { kind: Pod, object: pod(name) })));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected'],
    );
  });

  test('wants each container to say what is limited', async () => {
    const plugin = withQuota({ hard: { 'limits.memory': '1Gi', 'requests.cpu': '1' } });
    await assert.rejects(admit(plugin, { kind: Pod, object: pod('a') }), /failed quota: q: must specify limits\.memory for: app$/);
  });

  test('counts objects of any kind, and leaves kinds alone that it does not name', async () => {
    const configMap = (name: string) => ({ metadata: { name, namespace: 'ns' } });
    const plugin = withQuota({ hard: { 'count/configmaps': '1' } }, [[ConfigMap, configMap('a')]]);
    await assert.rejects(
      admit(plugin, { kind: ConfigMap, object: configMap('b') }),
      exceeded('configmaps "b"', 'requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1'),
    );
    await admit(plugin, { kind: ConfigMap, object: configMap('a'), old: configMap('a') });
    await admit(plugin, { kind: Pod, object: pod('p') });
  });

  test('an update counts only by what it adds', async () => {
    const service = (type: string) => ({ metadata: { name: 's', namespace: 'ns' }, spec: { type, ports: [{ port: 80 }, { port: 81 }] } });
    const plugin = withQuota({ hard: { 'services.nodeports': '1' } }, [[Service, service('ClusterIP')]]);
    await admit(plugin, { kind: Service, object: service('ClusterIP'), old: service('ClusterIP') });
    await assert.rejects(
      admit(plugin, { kind: Service, object: service('NodePort'), old: service('ClusterIP') }),
      exceeded('services "s"', 'requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1'),
    );
  });

  test('with scopes counts those pods alone', async () => {
    const plugin = withQuota({ hard: { pods: '0' }, scopes: ['Terminating'] });
    await admit(plugin, { kind: Pod, object: pod('a') });
    await assert.rejects(admit(plugin, { kind: Pod, object: pod('b', { activeDeadlineSeconds: 5 }) }), /exceeded quota/);
    const byClass = withQuota({
      hard: { pods: '0' },
      scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] },
    });
    await admit(byClass, { kind: Pod, object: pod('a', { priorityClassName: 'low' }) });
    await assert.rejects(admit(byClass, { kind: Pod, object: pod('b', { priorityClassName: 'high' }) }), /exceeded quota/);
  });
});
