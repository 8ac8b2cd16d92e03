import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRng } from '../../../base/rng.ts';
import type { Pod as PodType } from '../../../api/generated/core/v1.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { ServiceAccount } from '../../../api/kinds/core/serviceaccount.ts';
import { admit, readerOf } from '../trial.ts';
import { serviceAccountAdmission } from './plugin.ts';

const account = (name: string, more: object = {}) => [ServiceAccount, { metadata: { name, namespace: 'ns' }, ...more }] as const;
const plugin = serviceAccountAdmission(
  readerOf(account('default', { imagePullSecrets: [{ name: 'registry' }] }), account('quiet', { automountServiceAccountToken: false }), [
    ServiceAccount,
    {
      metadata: { name: 'strict', namespace: 'ns', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
      secrets: [{ name: 'own' }],
    },
  ]),
  seededRng(3),
);
const create = (spec: object = {}, metadata: object = {}) =>
  admit<PodType>(plugin, {
    kind: Pod,
    object: { metadata: { name: 'web', namespace: 'ns', ...metadata }, spec: { containers: [{ name: 'app' }], ...spec } },
  });
const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
const path = '/var/run/secrets/kubernetes.io/serviceaccount';

describe('ServiceAccount', () => {
  test('gives a pod the default account, its pull secrets and its token', async () => {
    const { spec } = await create({ initContainers: [{ name: 'init' }] });
    assert.deepEqual([spec.serviceAccountName, spec.serviceAccount], ['default', 'default']);
    assert.deepEqual(spec.imagePullSecrets, [{ name: 'registry' }]);
    const [volume] = spec.volumes!;
    assert.match(volume!.name, /^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    assert.deepEqual(volume!.projected, {
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
    });
    const mount = { name: volume!.name, readOnly: true, mountPath: path };
    assert.deepEqual([spec.containers[0]!.volumeMounts, spec.initContainers![0]!.volumeMounts], [[mount], [mount]]);
  });

  test('mounts no token where the account or the pod does not want it, and none over another volume', async () => {
    assert.equal((await create({ serviceAccountName: 'quiet' })).spec.volumes, undefined);
    assert.equal((await create({ automountServiceAccountToken: false })).spec.volumes, undefined);
    assert.equal((await create({ serviceAccountName: 'quiet', automountServiceAccountToken: true })).spec.volumes?.length, 1);
    const mounted = [{ name: 'app', volumeMounts: [{ name: 'own', mountPath: path }] }];
    assert.equal((await create({ containers: mounted })).spec.volumes, undefined);
  });

  test('refuses an account that is not there', async () => {
    await assert.rejects(create({ serviceAccountName: 'bot' }), {
      code: 403,
      message: 'pods "web" is forbidden: error looking up service account ns/bot: serviceaccount "bot" not found',
    });
  });

  test('leaves mirror pods as they are, and lets them have no identity and no Secrets', async () => {
    assert.equal((await create({}, mirror)).spec.serviceAccountName, undefined);
    await assert.rejects(create({ serviceAccountName: 'default' }, mirror), /a mirror pod may not reference service accounts$/);
    const secret = { volumes: [{ name: 'v', secret: { secretName: 's' } }] };
    await assert.rejects(create(secret, mirror), /a mirror pod may not reference secrets$/);
    const token = { volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] };
    await assert.rejects(create(token, mirror), /a mirror pod may not use ServiceAccountToken volume projections$/);
  });

  test('holds an account that is annotated so to the Secrets that it lists', async () => {
    const volumes = (secretName: string) => ({ serviceAccountName: 'strict', volumes: [{ name: 'v', secret: { secretName } }] });
    await create(volumes('own'));
    await assert.rejects(
      create(volumes('other')),
      /volume with secret\.secretName="other" is not allowed because service account strict does not reference that secret$/,
    );
    const env = [{ name: 'app', env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'other', key: 'k' } } }] }];
    await assert.rejects(
      create({ serviceAccountName: 'strict', containers: env }),
      /container app with envVar KEY referencing secret\.secretName="other"/,
    );
  });
});
