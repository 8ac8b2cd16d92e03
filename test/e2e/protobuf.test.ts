/** kubectl's generators send protocol buffers, and `-f` sends JSON: what comes of both is the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../src/api/meta.ts';
import { eachKubectl } from './each-kubectl.ts';

const lines: readonly string[] = [
  'configmap c --from-literal=a=1',
  'secret generic s --from-literal=p=x',
  'serviceaccount robot',
  'deployment web --image=nginx --replicas=0 --port=80',
  'job once --image=busybox -- date',
  "cronjob tick --image=busybox --schedule='*/5 * * * *' -- date",
  'role r --verb=get,list --resource=pods,deployments.apps --resource-name=x',
  'rolebinding rb --role=r --user=jane --serviceaccount=a:b',
  'quota q --hard=pods=0,cpu=1500m,memory=1Gi',
  'poddisruptionbudget p --selector=app=web --min-available=50%',
  "ingress in '--rule=a.example/x*=web:80,tls=s' --rule=b.example/=web:http --annotation=k=v",
];

eachKubectl('bodies in protocol buffers', (bed) => {
  test('mean what the same in JSON means', async () => {
    const [sent, shown] = [await bed.within(), await bed.within()];
    for (const line of lines) {
      const flags = (more: string): string => (line.includes(' -- ') ? line.replace(' -- ', ` ${more} -- `) : `${line} ${more}`);
      const name = (await sent.ok(`create ${flags('-o name')}`)).trim();
      const manifest = await shown.ok(`create ${flags('--dry-run=client -o json')}`);
      assert.equal(await shown.ok('create -f - -o name', manifest), `${name}\n`);
      assert.deepEqual(essence(await sent.ok(`get ${name} -o json`)), essence(await shown.ok(`get ${name} -o json`)), line);
    }
  });

  test('tokens are asked for in them', async () => {
    const k = await bed.within();
    assert.match(await k.ok('create token default --duration=1h --audience=x'), /^[\w-]+\.[\w-]+\.[\w-]+\n?$/);
  });
});

/** What is not the namespace's, the moment's, the object's own, nor made of it by controllers. */
function essence(json: string): unknown {
  const { metadata, status: _, ...rest } = JSON.parse(json) as KubeObject & { readonly status?: unknown };
  const { name, labels, annotations: { 'deployment.kubernetes.io/revision': __, ...annotations } = {} } = metadata;
  const uid = new RegExp(metadata.uid!, 'g');
  return JSON.parse(JSON.stringify({ ...rest, metadata: { name, labels, annotations } }).replace(uid, 'uid')) as unknown;
}
