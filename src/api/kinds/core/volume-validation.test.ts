import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Volume } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import { fieldErrorText } from '../../field-error.ts';
import { defaultVolume } from './volume-defaults.ts';
import { validateVolumes } from './volume-validation.ts';

/** The problems of one volume named `v`, after defaulting. */
function problems(source: object): string[] {
  const volume = { name: 'v', ...source } as Draft<Volume>;
  defaultVolume(volume);
  return validateVolumes([volume as Volume], { isPod: true, podName: 'web' }, 'volumes').problems.map(fieldErrorText);
}

const relative = "must not contain '..'";

const cases: readonly (readonly [source: object, problems: readonly string[]])[] = [
  [{ emptyDir: {} }, []],
  [{ emptyDir: { sizeLimit: '-1' } }, ['volumes[0].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity']],
  [{ emptyDir: {}, nfs: {} }, ['volumes[0].nfs: Forbidden: may not specify more than 1 volume type']],
  [{ hostPath: { path: '' } }, ['volumes[0].hostPath.path: Required value']],
  [
    { hostPath: { path: '/a/../b', type: 'Pipe' } },
    [
      `volumes[0].hostPath.path: Invalid value: "/a/../b": ${relative}`,
      'volumes[0].hostPath.type: Unsupported value: "Pipe": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
    ],
  ],
  [
    { secret: { defaultMode: 512, items: [{ key: '', path: '..x', mode: -1 }] } },
    [
      'volumes[0].secret.secretName: Required value',
      'volumes[0].secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
      'volumes[0].secret.items[0].key: Required value',
      `volumes[0].secret.items[0].path: Invalid value: "..x": must not start with '..'`,
      'volumes[0].secret.items[0].mode: Invalid value: -1: must be a number between 0 and 0777 (octal), both inclusive',
    ],
  ],
  [
    { configMap: { name: '', items: [{ key: 'a', path: '/a' }] } },
    ['volumes[0].configMap.name: Required value', 'volumes[0].configMap.items[0].path: Invalid value: "/a": must be a relative path'],
  ],
  [
    {
      downwardAPI: {
        items: [
          { path: 'a' },
          { path: 'b', fieldRef: { fieldPath: 'spec.nodeName' } },
          { path: 'c', resourceFieldRef: { resource: 'limits.cpu' } },
        ],
      },
    },
    [
      'volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required',
      'volumes[0].downwardAPI.fieldRef.fieldPath: Unsupported value: "spec.nodeName": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"',
      'volumes[0].downwardAPI.resourceFieldRef.containerName: Required value',
    ],
  ],
  [
    {
      projected: {
        sources: [
          { secret: { name: 's', items: [{ key: 'k', path: 'same' }] }, configMap: { name: 'm', items: [{ key: 'k', path: 'same' }] } },
          { serviceAccountToken: { path: 'token', expirationSeconds: 599 } },
          { clusterTrustBundle: { path: 'ca' } },
        ],
      },
    },
    [
      'volumes[0].projected: Invalid value: "m": conflicting duplicate paths',
      'volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume type per source',
      'volumes[0].projected.sources[1].serviceAccountToken.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
      'volumes[0].projected.sources[2].clusterTrustBundle: Required value: either name or signerName must be specified',
    ],
  ],
  [
    { projected: { sources: [{ podCertificate: { signerName: 'x', keyType: 'RSA1024', maxExpirationSeconds: 60 } }] } },
    [
      `volumes[0].projected.sources[0].podCertificate.signerName: Invalid value: "x": must be a fully qualified domain and path of the form 'example.com/signer-name'`,
      'volumes[0].projected.sources[0].podCertificate.keyType: Unsupported value: "RSA1024": supported values: "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519", "RSA3072", "RSA4096"',
      'volumes[0].projected.sources[0].podCertificate.maxExpirationSeconds: Invalid value: 60: if provided, maxExpirationSeconds must be >= 3600',
      'volumes[0].projected.sources[0].podCertificate: Required value: specify at least one of credentialBundlePath, keyPath, and certificateChainPath',
    ],
  ],
  [{ persistentVolumeClaim: {} }, ['volumes[0].persistentVolumeClaim.claimName: Required value']],
  [{ nfs: { server: 's', path: 'a' } }, ['volumes[0].nfs.path: Invalid value: "a": must be an absolute path']],
  [
    { iscsi: { targetPortal: '1.2.3.4', iqn: 'iqn.2015-02.example.com', lun: 256 } },
    [
      'volumes[0].iscsi.iqn: Invalid value: "iqn.2015-02.example.com": must be valid format',
      'volumes[0].iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive',
    ],
  ],
  [{ fc: {} }, ['volumes[0].fc.targetWWNs: Required value: must specify either targetWWNs or wwids, but not both']],
  [
    { flexVolume: { driver: 'example.com/x', options: { 'kubernetes.io/y': '' } } },
    ['volumes[0].flexVolume.options[kubernetes.io/y]: Invalid value: "kubernetes.io/y": kubernetes.io and k8s.io namespaces are reserved'],
  ],
  [
    { azureDisk: { diskName: 'd', diskURI: '/subscriptions/x' } },
    [
      'volumes[0].azureDisk.diskURI: Unsupported value: "/subscriptions/x": supported values: "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"',
    ],
  ],
  [
    { quobyte: { registry: 'host', volume: 'v' } },
    ['volumes[0].quobyte.registry: Invalid value: "host": must be a host:port pair or multiple pairs separated by commas'],
  ],
  [
    { csi: { driver: '', nodePublishSecretRef: {} } },
    ['volumes[0].csi.driver: Required value', 'volumes[0].csi.nodePublishSecretRef.name: Required value'],
  ],
  [
    { ephemeral: { volumeClaimTemplate: { metadata: { name: 'x' }, spec: {} } } },
    [
      'volumes[0].ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set',
      'volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required',
      'volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value',
    ],
  ],
  [{ image: {} }, ['volumes[0].image.reference: Required value']],
];

for (const [source, expected] of cases) {
  // An empty driver name is no subdomain either; that sentence has a test of its own.
  const shown = (text: string) => !text.includes('RFC 1123');
  test(`validateVolumes() of ${JSON.stringify(source).slice(0, 60)}`, () => assert.deepEqual(problems(source).filter(shown), expected));
}

test('validateVolumes() wants names, once each, and keeps the good ones for mounts', () => {
  const volumes = [
    { name: '', emptyDir: {} },
    { name: 'a', emptyDir: {} },
    { name: 'a', emptyDir: {} },
  ];
  const { byName, problems: found } = validateVolumes(volumes, { isPod: true }, 'volumes');
  assert.deepEqual(found.map(fieldErrorText), ['volumes[0].name: Required value', 'volumes[2].name: Duplicate value: "a"']);
  assert.deepEqual([...byName.keys()], ['a']);
});

test("validateVolumes() refuses a claim that the pod's own ephemeral volume will make", () => {
  const template = { spec: { accessModes: ['ReadWriteOnce'] as const, resources: { requests: { storage: '1Gi' } } } };
  const volumes: Volume[] = [
    { name: 'scratch', ephemeral: { volumeClaimTemplate: template } },
    { name: 'other', persistentVolumeClaim: { claimName: 'web-scratch' } },
  ];
  assert.deepEqual(validateVolumes(volumes, { isPod: true, podName: 'web' }, 'v').problems.map(fieldErrorText), [
    'v[1].persistentVolumeClaim.claimName: Invalid value: "web-scratch": must not reference a PVC that gets created for an ephemeral volume',
  ]);
});
