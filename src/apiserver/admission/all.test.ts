import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import { toBase64, utf8 } from '../../codec/bytes.ts';
import { certificateRequestPem, makeCertificateRequest } from '../../codec/x509/certificate-request.ts';
import type { Node as NodeType, PersistentVolumeClaim as ClaimType, Pod as PodType } from '../../api/generated/core/v1.ts';
import type { Ingress as IngressType } from '../../api/generated/networking/v1.ts';
import { allKinds } from '../../api/kinds/all.ts';
import { CertificateSigningRequest } from '../../api/kinds/certificates/certificatesigningrequest.ts';
import { ConfigMap } from '../../api/kinds/core/configmap.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { Service } from '../../api/kinds/core/service.ts';
import { Ingress } from '../../api/kinds/networking/ingress.ts';
import { IngressClass } from '../../api/kinds/networking/ingressclass.ts';
import { StorageClass } from '../../api/kinds/storage/storageclass.ts';
import { KindRegistry } from '../../api/registry.ts';
import { nodeCrypto } from '../../machine/real/crypto.ts';
import type { Authorizer } from '../ports.ts';
import { defaultAdmission, type AdmissionChoice } from './all.ts';
import { absentPlugins, presentPlugins } from './names.ts';
import { admit, readerOf, stillClock } from './trial.ts';

const asked: string[] = [];
/** Lets through whoever is called `signer`. */
const authorizer: Authorizer = {
  name: 'test',
  authorize({ user, verb, resource }) {
    asked.push(`${verb} ${resource!.resource} ${resource!.name ?? ''}`);
    return { verdict: user.name === 'signer' ? 'allow' : 'no-opinion', reason: '' };
  },
};
const kinds = new KindRegistry(allKinds);
const mark = (group: string) => ({ annotations: { [`${group}.kubernetes.io/is-default-class`]: 'true' } });
const reader = readerOf(
  [StorageClass, { metadata: { name: 'slow', creationTimestamp: '2026-01-01T00:00:00Z', ...mark('storageclass') } }],
  [
    StorageClass,
    { metadata: { name: 'fast', creationTimestamp: '2026-02-01T00:00:00Z', ...mark('storageclass') }, allowVolumeExpansion: true },
  ],
  [StorageClass, { metadata: { name: 'newest', creationTimestamp: '2026-03-01T00:00:00Z' } }],
  [IngressClass, { metadata: { name: 'nginx', ...mark('ingressclass') } }],
);
const made: string[] = [];
const makeNamespace = async (name: string): Promise<void> => void made.push(name);
const plugins = (choice?: AdmissionChoice) =>
  defaultAdmission({ reader, authorizer, kinds: () => kinds, clock: stillClock, rng: seededRng(1), makeNamespace }, choice);
const plugin = (name: string) => plugins({ enable: [name] }).find((one) => one.name === name)!;

describe('admission', () => {
  test('runs in upstream’s order, some only when enabled', () => {
    const names = plugins().map(({ name }) => name);
    assert.deepEqual([names[0], names.at(-1)], ['NamespaceLifecycle', 'ResourceQuota']);
    assert.ok(!names.includes('ExtendedResourceToleration'));
    const chosen = plugins({ enable: ['ExtendedResourceToleration'], disable: ['ResourceQuota'] }).map(({ name }) => name);
    assert.ok(chosen.includes('ExtendedResourceToleration') && !chosen.includes('ResourceQuota'));
    assert.throws(() => plugins({ enable: ['Nothing'] }), /unknown admission plugins: Nothing/);
  });

  test('the names by which they are chosen are those of all that are here', () => {
    const names = plugins({ enable: presentPlugins }).map(({ name }) => name);
    assert.deepEqual(names.toSorted(), presentPlugins);
    assert.deepEqual(
      absentPlugins.filter((name) => names.includes(name)),
      [],
    );
  });

  test('DefaultTolerationSeconds adds what is not tolerated yet', async () => {
    const own = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 };
    const { spec } = await admit<PodType>(plugin('DefaultTolerationSeconds'), { kind: Pod, object: { spec: { tolerations: [own] } } });
    assert.deepEqual(spec.tolerations, [
      own,
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ]);
    const all = await admit<PodType>(plugin('DefaultTolerationSeconds'), {
      kind: Pod,
      object: { spec: { tolerations: [{ operator: 'Exists' }] } },
    });
    assert.equal(all.spec.tolerations!.length, 1);
  });

  test('NamespaceAutoProvision makes a namespace for what is made in it; NamespaceExists wants it there', async () => {
    const pod = { kind: Pod, namespace: 'new', object: { spec: { containers: [] } } };
    await admit(plugin('NamespaceAutoProvision'), pod);
    await admit(plugin('NamespaceAutoProvision'), { ...pod, operation: 'DELETE' });
    assert.deepEqual(made, ['new']);
    await assert.rejects(admit(plugin('NamespaceExists'), pod), /^ApiError: namespaces "new" not found$/);
  });

  test('AlwaysPullImages changes policies, but not for images that a pod had', async () => {
    const withImage = (image: string) => ({ spec: { containers: [{ name: 'c', image, imagePullPolicy: 'IfNotPresent' }] } });
    const policy = async (image: string, old?: string) =>
      (await admit<PodType>(plugin('AlwaysPullImages'), { kind: Pod, object: withImage(image), ...(old && { old: withImage(old) }) })).spec
        .containers[0]!.imagePullPolicy;
    assert.equal(await policy('a'), 'Always');
    assert.equal(await policy('a', 'a'), 'IfNotPresent');
    assert.equal(await policy('b', 'a'), 'Always');
  });

  test('DenyServiceExternalIPs lets a Service keep what it has', async () => {
    const service = (...externalIPs: string[]) => ({ metadata: { name: 's', namespace: 'ns' }, spec: { externalIPs } });
    const deny = plugin('DenyServiceExternalIPs');
    await admit(deny, { kind: Service, object: service('1.1.1.1'), old: service('1.1.1.1', '2.2.2.2') });
    await assert.rejects(
      admit(deny, { kind: Service, object: service('3.3.3.3'), old: service('1.1.1.1') }),
      /services "s" is forbidden: Use of external IPs is denied by admission control/,
    );
  });

  test('DefaultStorageClass takes the newest default, and leaves who chose alone', async () => {
    const create = (spec: object) => admit<ClaimType>(plugin('DefaultStorageClass'), { kind: PersistentVolumeClaim, object: { spec } });
    assert.equal((await create({})).spec.storageClassName, 'fast');
    assert.equal((await create({ storageClassName: '' })).spec.storageClassName, '');
  });

  test('DefaultIngressClass takes the default', async () => {
    const create = (annotations: object) =>
      admit<IngressType>(plugin('DefaultIngressClass'), { kind: Ingress, object: { metadata: { annotations }, spec: {} } });
    assert.equal((await create({})).spec.ingressClassName, 'nginx');
    assert.equal((await create({ 'kubernetes.io/ingress.class': 'old' })).spec.ingressClassName, undefined);
  });

  test('TaintNodesByCondition keeps pods off new nodes', async () => {
    const node = await admit<NodeType>(plugin('TaintNodesByCondition'), { kind: Node, object: { metadata: { name: 'n' } } });
    assert.deepEqual(node.spec.taints, [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]);
  });

  test('StorageObjectInUseProtection and ExtendedResourceToleration do their part', async () => {
    const claim = await admit<ClaimType>(plugin('StorageObjectInUseProtection'), { kind: PersistentVolumeClaim, object: {} });
    assert.deepEqual(claim.metadata.finalizers, ['kubernetes.io/pvc-protection']);
    const containers = [{ name: 'c', resources: { requests: { 'nvidia.com/gpu': '1', cpu: '1' } } }];
    const pod = await admit<PodType>(plugin('ExtendedResourceToleration'), { kind: Pod, object: { spec: { containers } } });
    assert.deepEqual(pod.spec.tolerations, [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }]);
  });

  test('PersistentVolumeClaimResize lets grow what is bound and can', async () => {
    const claim = (storage: string, storageClassName: string, phase = 'Bound') => ({
      metadata: { name: 'c', namespace: 'ns' },
      spec: { storageClassName, resources: { requests: { storage } } },
      status: { phase },
    });
    const resize = (storageClass: string, phase?: string) =>
      admit(plugin('PersistentVolumeClaimResize'), {
        kind: PersistentVolumeClaim,
        object: claim('2Gi', storageClass, phase),
        old: claim('1Gi', storageClass, phase),
      });
    await resize('fast');
    await assert.rejects(resize('slow'), /the storageclass that provisions the pvc must support resize$/);
    await assert.rejects(resize('fast', 'Pending'), /Only bound persistent volume claims can be expanded$/);
  });

  test('CertificateApproval and CertificateSigning ask for the signer, and for its domain', async () => {
    const csr = (status: object) => ({ metadata: { name: 'r' }, spec: { signerName: 'example.org/s' }, status });
    const write = (subresource: string, user: string, status: object) =>
      admit(plugin(subresource === 'approval' ? 'CertificateApproval' : 'CertificateSigning'), {
        kind: CertificateSigningRequest,
        subresource,
        object: csr(status),
        old: csr({}),
        user: { name: user, groups: [] },
      });
    asked.length = 0;
    await assert.rejects(write('approval', 'jane', {}), /user not permitted to approve requests with signerName "example\.org\/s"$/);
    assert.deepEqual(asked, ['approve signers example.org/s', 'approve signers example.org/*']);
    await write('approval', 'signer', {});
    await write('status', 'jane', {});
    await assert.rejects(write('status', 'jane', { certificate: 'x' }), /user not permitted to sign requests/);
  });

  test('CertificateSubjectRestriction gives nobody a certificate of system:masters', async () => {
    const crypto = nodeCrypto();
    const { privateKeyPem } = crypto.generateKeyPair('ecdsa-p256');
    const create = (organization: string) => {
      const made = makeCertificateRequest(crypto, { commonName: 'jane', organizations: [organization] }, {}, privateKeyPem);
      const spec = { signerName: 'kubernetes.io/kube-apiserver-client', request: toBase64(utf8(certificateRequestPem(made))) };
      return admit(plugin('CertificateSubjectRestriction'), { kind: CertificateSigningRequest, object: { metadata: { name: 'r' }, spec } });
    };
    await create('dev');
    await assert.rejects(
      create('system:masters'),
      /use of kubernetes\.io\/kube-apiserver-client signer with system:masters group is not allowed$/,
    );
  });

  test('OwnerReferencesPermissionEnforcement wants rights on the object, and on an owner that is held up', async () => {
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', uid: 'u', blockOwnerDeletion: true };
    const object = { metadata: { name: 'c', namespace: 'ns', ownerReferences: [owner] } };
    const write = (user: string, old?: object) =>
      admit(plugin('OwnerReferencesPermissionEnforcement'), {
        kind: ConfigMap,
        object,
        ...(old && { old }),
        user: { name: user, groups: [] },
      });
    asked.length = 0;
    await write('signer');
    assert.deepEqual(asked, ['delete configmaps c', 'update deployments d']);
    await write('jane', object);
    await assert.rejects(write('jane'), /cannot set an ownerRef on a resource you can't delete: , <nil>$/);
    const unheld = { metadata: { name: 'c', namespace: 'ns', ownerReferences: [{ ...owner, blockOwnerDeletion: false }] } };
    await assert.rejects(write('jane', unheld), /cannot set/);
  });
});
