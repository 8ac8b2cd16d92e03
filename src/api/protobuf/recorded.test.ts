/** What kubectl 1.33, which is Go's own encoder, sent for `kubectl create …`, and what it showed with `-o json`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeKubernetesProtobuf } from './envelope.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

test('deployment d --image=nginx --replicas=0 --port=80', () => {
  const sent =
    '6b3873000a150a07617070732f7631120a4465706c6f796d656e7412b3010a1e0a016412001a0372656322002a003200380042005a080a036170701201641282' +
    '010800120a0a080a036170701201641a6a0a1a0a0012001a0022002a003200380042005a080a03617070120164124c122e0a056e67696e7812056e67696e782a' +
    '00320a0a001000185022002a0042006a007200800100880100900100a201001a00320042004a0052005800600068008201008a01009a0100c2010022020a0028' +
    '0038001a0c0800100018002000280038001a002200';
  const labels = { app: 'd' };
  assert.deepEqual(decodeKubernetesProtobuf(bytesOf(sent)), {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    object: {
      metadata: { name: 'd', namespace: 'rec', labels },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'nginx', image: 'nginx', ports: [{ containerPort: 80 }], resources: {} }] },
        },
        strategy: {},
      },
      status: {},
    },
  });
});

test("ingress i --rule='foo.com/bar*=svc1:http,tls=my-cert' --annotation a=b", () => {
  const sent =
    '6b3873000a1f0a146e6574776f726b696e672e6b38732e696f2f76311207496e6772657373126b0a1c0a016912001a0372656322002a0032003800420062060a' +
    '0161120162124712120a07666f6f2e636f6d12076d792d636572741a310a07666f6f2e636f6d12260a240a220a042f626172121222100a047376633112080a04' +
    '6874747010001a065072656669781a020a001a002200';
  assert.deepEqual(decodeKubernetesProtobuf(bytesOf(sent)).object, {
    metadata: { name: 'i', namespace: 'rec', annotations: { a: 'b' } },
    spec: {
      tls: [{ hosts: ['foo.com'], secretName: 'my-cert' }],
      rules: [
        {
          host: 'foo.com',
          http: { paths: [{ path: '/bar', pathType: 'Prefix', backend: { service: { name: 'svc1', port: { name: 'http' } } } }] },
        },
      ],
    },
    status: { loadBalancer: {} },
  });
});

test('pdb p --selector=a=b --min-available=50%', () => {
  const sent =
    '6b3873000a200a09706f6c6963792f76311213506f6444697372757074696f6e42756467657412390a140a017012001a0372656322002a003200380042001215' +
    '0a09080110001a0335302512080a060a01611201621a0a080018002000280030001a002200';
  assert.deepEqual(decodeKubernetesProtobuf(bytesOf(sent)).object, {
    metadata: { name: 'p', namespace: 'rec' },
    spec: { minAvailable: '50%', selector: { matchLabels: { a: 'b' } } },
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  });
});

test('quota q --hard=cpu=1500m,pods=2', () => {
  const sent =
    '6b3873000a130a027631120d5265736f7572636551756f746112370a140a017112001a0372656322002a00320038004200121d0a0e0a0363707512070a053135' +
    '30306d0a0b0a04706f647312030a01321a001a002200';
  assert.deepEqual(decodeKubernetesProtobuf(bytesOf(sent)).object, {
    metadata: { name: 'q', namespace: 'rec' },
    spec: { hard: { cpu: '1500m', pods: '2' } },
    status: {},
  });
});

test('secret generic s --from-literal=p=q', () => {
  const sent = '6b3873000a0c0a027631120653656372657412200a140a017312001a0372656322002a0032003800420012060a01701201711a001a002200';
  assert.deepEqual(decodeKubernetesProtobuf(bytesOf(sent)).object, {
    metadata: { name: 's', namespace: 'rec' },
    data: { p: 'cQ==' },
  });
});

test('priorityclass pc --value=-5 --description=é', () => {
  const sent =
    '6b3873000a250a147363686564756c696e672e6b38732e696f2f7631120d5072696f72697479436c617373123b0a120a02706312001a0022002a003200380042' +
    '0010fbffffffffffffffff0118002202c3a92a14507265656d70744c6f7765725072696f726974791a002200';
  assert.deepEqual(decodeKubernetesProtobuf(bytesOf(sent)).object, {
    metadata: { name: 'pc' },
    value: -5,
    description: 'é',
    preemptionPolicy: 'PreemptLowerPriority',
  });
});

test('token default --duration=1h', () => {
  const sent =
    '6b3873000a280a1861757468656e7469636174696f6e2e6b38732e696f2f7631120c546f6b656e52657175657374121d0a100a0012001a0022002a0032003800' +
    '4200120320901c1a040a0012001a002200';
  assert.deepEqual(decodeKubernetesProtobuf(bytesOf(sent)).object, {
    metadata: {},
    spec: { expirationSeconds: 3600 },
    status: { token: '' },
  });
});
