import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TokenRequest } from '../../src/api/generated/authentication/v1.ts';
import { SelfSubjectReview } from '../../src/api/kinds/authentication/selfsubjectreview.ts';
import { TokenReview } from '../../src/api/kinds/authentication/tokenreview.ts';
import { LocalSubjectAccessReview } from '../../src/api/kinds/authorization/localsubjectaccessreview.ts';
import { SelfSubjectAccessReview } from '../../src/api/kinds/authorization/selfsubjectaccessreview.ts';
import { SubjectAccessReview } from '../../src/api/kinds/authorization/subjectaccessreview.ts';
import { CertificateSigningRequest } from '../../src/api/kinds/certificates/certificatesigningrequest.ts';
import { PodCertificateRequestV1Beta1 } from '../../src/api/kinds/certificates/podcertificaterequest.ts';
import { ConfigMap } from '../../src/api/kinds/core/configmap.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { ServiceAccount } from '../../src/api/kinds/core/serviceaccount.ts';
import { makeCertificateRequest } from '../../src/codec/x509/certificate-request.ts';
import { pemText } from '../../src/codec/x509/pem.ts';
import { refOf } from '../../src/client/typed-client.ts';
import { nodeCrypto } from '../../src/machine/real/crypto.ts';
import { exercise } from './api-operations.ts';
import { conformance, refused, unlessMissing, until } from './bed.ts';

const containers = [{ name: 'token-test', image: 'registry.k8s.io/pause:3.10' }];

function certificateRequest(commonName: string): string {
  const crypto = nodeCrypto();
  const { privateKeyPem } = crypto.generateKeyPair('ecdsa-p256');
  const { der } = makeCertificateRequest(crypto, { commonName, organizations: [] }, {}, privateKeyPem);
  return Buffer.from(pemText('CERTIFICATE REQUEST', der)).toString('base64');
}

conformance(
  'auth',
  (bed) => {
    test('[sig-auth] Certificates API [Privileged:ClusterAdmin] should support CSR API operations [Conformance]', async () => {
      const request = certificateRequest('e2e.example.com');
      const make = () => ({
        spec: { request, signerName: 'example.com/e2e', usages: ['digital signature', 'key encipherment', 'server auth'] },
      });
      await exercise(bed, { kind: CertificateSigningRequest, make: make as never });

      const metadata = { name: 'to-be-approved' };
      const made = await bed.client.create(CertificateSigningRequest, { metadata, ...make() } as never);
      assert.equal(made.spec.username, 'kubernetes-admin');
      const place = (subresource: string) => ({ ...refOf(CertificateSigningRequest, metadata), subresource });
      const conditions = [{ type: 'Approved', status: 'True', reason: 'E2E', message: 'Set from an e2e test' }];
      const approved = await bed.client.updateSub<typeof made>(place('approval'), { ...made, status: { conditions } } as never);
      assert.equal(approved.status?.conditions?.[0]?.type, 'Approved');
      const status = {
        ...approved.status,
        conditions: [...approved.status.conditions, { type: 'StatusUpdate', status: 'True', reason: 'E2E' }],
      };
      const updated = await bed.client.updateSub<typeof made>(place('status'), { ...approved, status } as never);
      assert.deepEqual(
        updated.status?.conditions?.map(({ type }) => type),
        ['Approved', 'StatusUpdate'],
      );
      // An approval is neither changed nor taken back under a status.
      const other = updated.status.conditions.map((one) => ({ ...one, reason: 'Other' }));
      const kept = await bed.client.updateSub<typeof made>(place('status'), { ...updated, status: { conditions: other } } as never);
      assert.deepEqual(
        kept.status?.conditions?.map(({ type, reason }) => [type, reason]),
        [
          ['Approved', 'E2E'],
          ['StatusUpdate', 'Other'],
        ],
      );
      await refused(
        bed.client.updateSub(place('status'), { ...kept, status: { conditions: [] } } as never),
        422,
        'status.conditions: Forbidden: updates may not remove a condition of type "Approved"',
      );
    });

    test('[sig-auth] PodCertificateRequest API [Privileged:ClusterAdmin] should support PodCertificateRequest API operations [Conformance]', async () => {
      const namespace = await bed.namespace();
      const uid = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;
      const condition = { type: 'Denied', status: 'True', reason: 'E2E', message: 'no', lastTransitionTime: '2026-01-01T00:00:00Z' };
      await exercise(bed, {
        kind: PodCertificateRequestV1Beta1,
        namespace,
        make: () => ({
          spec: {
            signerName: 'example.com/e2e',
            podName: 'pod',
            podUID: uid(1),
            serviceAccountName: 'default',
            serviceAccountUID: uid(2),
            nodeName: 'node',
            nodeUID: uid(3),
            stubPKCS10Request: certificateRequest(''),
          },
        }),
        status: [{ conditions: [condition] }, { conditions: [condition] }],
      });
    });

    test('[sig-auth] ServiceAccounts should allow opting out of API token automount [Conformance]', async () => {
      const namespace = await bed.namespace();
      const accounts = { 'mount-default': undefined, mount: true, 'no-mount': false } as const;
      for (const [name, automountServiceAccountToken] of Object.entries(accounts))
        await bed.client.create(ServiceAccount, { metadata: { namespace, name }, automountServiceAccountToken });
      for (const [account, accountSays] of Object.entries(accounts))
        for (const podSays of [undefined, true, false]) {
          const pod = await bed.client.create(Pod, {
            metadata: { namespace, name: `pod-${account}-${String(podSays)}` },
            spec: { containers, serviceAccountName: account, automountServiceAccountToken: podSays },
          } as never);
          const mounts = pod.spec.containers[0]!.volumeMounts?.filter(({ mountPath }) => mountPath.endsWith('/serviceaccount')) ?? [];
          assert.equal(mounts.length, (podSays ?? accountSays ?? true) ? 1 : 0, pod.metadata.name);
        }
    });

    test('[sig-auth] ServiceAccounts should create a serviceAccountToken and ensure a successful TokenReview [Conformance]', async () => {
      const namespace = await bed.namespace();
      const account = await bed.client.create(ServiceAccount, { metadata: { namespace, name: 'e2e' } });
      const place = { ...refOf(ServiceAccount, { namespace, name: 'e2e' }), subresource: 'token' };
      const { status } = await bed.client.createSub<TokenRequest>(place, {
        metadata: {},
        spec: { audiences: [], expirationSeconds: 3600 },
      } as never);
      const review = await bed.client.create(TokenReview, { metadata: {}, spec: { token: status.token } } as never);
      assert.equal(review.status?.authenticated, true);
      assert.equal(review.status?.error, undefined);
      assert.equal(review.status?.user?.username, `system:serviceaccount:${namespace}:e2e`);
      assert.equal(review.status?.user?.uid, account.metadata.uid);
      assert.deepEqual(review.status?.user?.groups, [
        'system:serviceaccounts',
        `system:serviceaccounts:${namespace}`,
        'system:authenticated',
      ]);

      const whoami = await bed.clientWith(status.token!).create(SelfSubjectReview, { metadata: {} } as never);
      assert.equal(whoami.status?.userInfo?.username, `system:serviceaccount:${namespace}:e2e`);
      await bed.client.delete(ServiceAccount, { namespace, name: 'e2e' });
      await refused(bed.clientWith(status.token!).create(SelfSubjectReview, { metadata: {} } as never), 401, 'Unauthorized');
    });

    test('[sig-auth] ServiceAccounts should guarantee kube-root-ca.crt exist in any namespace [Conformance]', async () => {
      const namespace = await bed.namespace();
      const at = { namespace, name: 'kube-root-ca.crt' };
      const made = await until(() => bed.client.get(ConfigMap, at).catch(unlessMissing));
      assert.match(made.data!['ca.crt']!, /BEGIN CERTIFICATE/);
      await bed.client.delete(ConfigMap, at);
      await until(() => bed.client.get(ConfigMap, at).catch(unlessMissing));
      await bed.client.patch(ConfigMap, at, 'merge', { data: { 'ca.crt': '' } });
      await until(async () => (await bed.client.get(ConfigMap, at)).data!['ca.crt'] === made.data!['ca.crt']);
    });

    test('[sig-auth] ServiceAccounts should run through the lifecycle of a ServiceAccount [Conformance]', async () => {
      const namespace = await bed.namespace();
      await exercise(bed, {
        kind: ServiceAccount,
        namespace,
        make: () => ({}),
        change: (account) => ({ ...account, automountServiceAccountToken: false }),
      });
    });

    test('[sig-auth] ServiceAccounts should update a ServiceAccount [Conformance]', async () => {
      const namespace = await bed.namespace();
      const made = await bed.client.create(ServiceAccount, { metadata: { namespace, name: 'a' }, automountServiceAccountToken: false });
      const updated = await bed.client.update(ServiceAccount, { ...made, automountServiceAccountToken: true });
      assert.equal(updated.automountServiceAccountToken, true);
    });

    test('[sig-auth] SubjectReview should support SubjectReview API operations [Conformance]', async () => {
      const namespace = await bed.namespace();
      await bed.client.create(ServiceAccount, { metadata: { namespace, name: 'e2e' } });
      const place = { ...refOf(ServiceAccount, { namespace, name: 'e2e' }), subresource: 'token' };
      const { status } = await bed.client.createSub<TokenRequest>(place, { metadata: {}, spec: {} } as never);
      const its = bed.clientWith(status.token!);
      const resourceAttributes = { verb: 'list', resource: 'configmaps', version: 'v1', namespace };
      const user = `system:serviceaccount:${namespace}:e2e`;
      const review = { metadata: {}, spec: { resourceAttributes, user } };

      const before = await bed.client.create(SubjectAccessReview, review as never);
      assert.deepEqual([before.status?.allowed, before.status?.denied], [false, undefined]);
      const local = await bed.client.create(LocalSubjectAccessReview, { ...review, metadata: { namespace } } as never);
      assert.equal(local.status?.allowed, false);
      const own = await its.create(SelfSubjectAccessReview, { metadata: {}, spec: { resourceAttributes } } as never);
      assert.equal(own.status?.allowed, false);
      await refused(
        its.list(ConfigMap, { namespace }),
        403,
        `configmaps is forbidden: User "${user}" cannot list resource "configmaps" in API group "" in the namespace "${namespace}"`,
      );
      const admin = await bed.client.create(SubjectAccessReview, {
        metadata: {},
        spec: { resourceAttributes, user: 'somebody', groups: ['system:masters'] },
      } as never);
      assert.equal(admin.status?.allowed, true);
      await refused(
        bed.client.create(LocalSubjectAccessReview, { metadata: { namespace: 'default' }, spec: { resourceAttributes, user } } as never),
        422,
        'must match metadata.namespace',
      );
    });
  },
  { runtimeConfig: { 'certificates.k8s.io/v1beta1': 'true' } },
);
