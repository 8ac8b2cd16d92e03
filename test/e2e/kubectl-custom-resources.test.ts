/** Custom resources as kubectl sees them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKubectl } from './each-kubectl.ts';

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: crontabs.stable.example.com }
spec:
  group: stable.example.com
  scope: Namespaced
  names: { plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct], categories: [all] }
  versions:
    - name: v1
      served: true
      storage: true
      subresources: { status: {}, scale: { specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas } }
      additionalPrinterColumns: [{ name: Image, type: string, jsonPath: .spec.image }]
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              description: What is wanted.
              required: [image]
              properties:
                image: { type: string, description: The image to run. }
                replicas: { type: integer, default: 1 }
            status: { type: object, properties: { replicas: { type: integer } } }
`;
const object = (name: string, spec: string) =>
  `apiVersion: stable.example.com/v1\nkind: CronTab\nmetadata: { name: ${name} }\nspec: ${spec}\n`;

eachKubectl('kubectl and custom resources', (bed) => {
  test('from the definition to its end', async () => {
    const k = await bed.within();
    assert.match(await k.ok('apply -f -', definition), /crontabs\.stable\.example\.com created/);
    await k.ok('wait --for=condition=Established crd/crontabs.stable.example.com --timeout=10s');
    assert.equal(await k.ok('apply -f -', object('a', '{ image: x }')), 'crontab.stable.example.com/a created\n');
    assert.equal(await k.ok('apply -f -', object('a', '{ image: x }')), 'crontab.stable.example.com/a unchanged\n');
    assert.equal(await k.ok('get ct --no-headers'), 'a     x\n');
    assert.equal(await k.ok('get all -o name'), 'crontab.stable.example.com/a\n');
    assert.match(await k.ok('explain crontab.spec'), /What is wanted\.[^]*image\s+<string> -required-\s+The image to run\./);

    assert.equal(await k.ok('scale crontab a --replicas=3'), 'crontab.stable.example.com/a scaled\n');
    assert.equal(await k.ok('get ct a -o jsonpath={.spec.replicas}'), '3');
    assert.equal(await k.ok('apply --server-side -f -', object('b', '{ image: z }')), 'crontab.stable.example.com/b serverside-applied\n');
    assert.match(await k.fails('create -f -', object('c', '{ imag: x }')), /unknown field "spec\.imag"/);
    assert.match(await k.fails('create -f - --validate=false', object('c', '{}')), /spec\.image: Required value/);
    assert.match(
      await k.fails(`patch ct a -p '{"spec":{"image":"z"}}'`),
      /application\/strategic-merge-patch\+json is not supported by stable\.example\.com\/v1, Kind=CronTab/,
    );

    await k.ok('delete crd crontabs.stable.example.com --timeout=20s');
    assert.match(
      await k.fails('get crontabs.stable.example.com'),
      /the server doesn't have a resource type "crontabs"|could not find the requested resource/,
    );
  });
});
