import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type {
  ConfigMap as ConfigMapType,
  PersistentVolumeClaim as ClaimType,
  PersistentVolume as VolumeType,
  Pod as PodType,
  Volume,
} from '../../api/generated/core/v1.ts';
import { ConfigMap } from '../../api/kinds/core/configmap.ts';
import { PersistentVolume } from '../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { text } from '../../codec/bytes.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { ObjectReader } from '../containers/object-reader.ts';
import { TrialKubelet } from '../trial.ts';
import { MountError } from './mount-error.ts';
import { resolveVolumes } from './resolve-volumes.ts';

describe('volumes', () => {
  let plane: VirtualControlPlane;
  let pod: PodType;
  before(async () => {
    plane = await startVirtualControlPlane({ controllers: ['serviceaccount-controller'] });
    await plane.clock.advance(1000);
    const node = new TrialKubelet(plane.client, plane.env);
    pod = await node.run('web', { containers: [{ name: 'main', image: 'nginx', resources: { limits: { memory: '64Mi' } } }] });
    await node.secret('keys', { one: '1', two: '2' });
    const words: ConfigMapType = { metadata: { name: 'words', namespace: 'default' }, data: { a: 'A' } };
    await plane.client.create(ConfigMap, words);
  });
  after(() => plane[Symbol.dispose]());

  const resolve = (...volumes: Volume[]) =>
    resolveVolumes({
      pod: { ...pod, spec: { ...pod.spec, volumes } },
      client: plane.client,
      objects: new ObjectReader(plane.client),
      node: undefined,
      addresses: () => ({ podIps: [], hostIps: [] }),
    });

  /** `path mode content` of each file. */
  async function filesOf(volume: Volume): Promise<string[]> {
    const [resolved] = await resolve(volume);
    const files = (await resolved!.files?.()) ?? [];
    return files.map(({ path, mode, content }) => `${path} ${mode.toString(8)} ${text(content)}`);
  }

  const problems = (...volumes: Volume[]): Promise<readonly string[]> =>
    resolve(...volumes).then(
      () => [],
      (error: unknown) => (error instanceof MountError ? error.messages : assert.fail(String(error))),
    );

  test('a Secret’s keys are files, all of them or those that are named', async () => {
    assert.deepEqual(await filesOf({ name: 'v', secret: { secretName: 'keys', defaultMode: 0o400 } }), ['one 400 1', 'two 400 2']);
    const items = [{ key: 'two', path: 'sub/deux', mode: 0o600 }];
    assert.deepEqual(await filesOf({ name: 'v', secret: { secretName: 'keys', items } }), ['sub/deux 600 2']);
  });

  test('a projected volume has files of all its sources, a token of the pod’s account too', async () => {
    const sources = [
      { configMap: { name: 'words' } },
      { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
      {
        downwardAPI: {
          items: [{ path: 'memory', resourceFieldRef: { containerName: 'main', resource: 'limits.memory', divisor: '1Mi' } }],
        },
      },
      { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
    ];
    const files = await filesOf({ name: 'v', projected: { sources } });
    assert.deepEqual(files.slice(0, 3), ['a 644 A', 'name 644 web', 'memory 644 64']);
    assert.match(files[3] ?? '', /^token 600 [\w-]+\.[\w-]+\.[\w-]+$/);
  });

  test('all that is missing is told, but for what is optional', async () => {
    assert.deepEqual(
      await problems(
        { name: 'a', secret: { secretName: 'nowhere' } },
        { name: 'b', secret: { secretName: 'keys', items: [{ key: 'three', path: 'p' }] } },
        { name: 'c', configMap: { name: 'words', items: [{ key: 'z', path: 'p' }] } },
        { name: 'd', configMap: { name: 'nowhere', optional: true } },
        { name: 'e', emptyDir: {} },
      ),
      [
        'MountVolume.SetUp failed for volume "a" : secret "nowhere" not found',
        'MountVolume.SetUp failed for volume "b" : references non-existent secret key: three',
        'MountVolume.SetUp failed for volume "c" : configmap references non-existent config key: z',
      ],
    );
  });

  test('a claim has to be bound', async () => {
    const volume = { name: 'data', persistentVolumeClaim: { claimName: 'data' } };
    const spec = {
      accessModes: ['ReadWriteOnce' as const],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: '',
      volumeName: 'pv',
    };
    const claim: ClaimType = { metadata: { name: 'data', namespace: 'default' }, spec, status: {} };
    const created = await plane.client.create<ClaimType>(PersistentVolumeClaim, claim);
    const [unbound] = await problems(volume);
    assert.match(unbound ?? '', /error processing PVC default\/data: PVC is not bound$/);
    const { accessModes } = spec;
    const persistent: VolumeType = {
      metadata: { name: 'pv' },
      spec: { accessModes, capacity: { storage: '1Gi' }, hostPath: { path: '/data' } },
      status: {},
    };
    await plane.client.create(PersistentVolume, persistent);
    await plane.client.updateStatus(PersistentVolumeClaim, { ...created, status: { phase: 'Bound' } });
    const [resolved] = await resolve(volume);
    assert.equal(resolved?.persistentVolume?.spec.hostPath?.path, '/data');
  });
});
