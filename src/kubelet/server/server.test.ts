import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApiResult } from '../../api/call.ts';
import { ApiError } from '../../api/errors.ts';
import type { Container } from '../../api/generated/core/v1.ts';
import { isReady } from '../../api/pods/pod-state.ts';
import { text } from '../../codec/bytes.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import type { StatsSummary } from '../ports.ts';
import { scripted, TrialKubelet } from '../trial.ts';

describe('kubelet server', () => {
  let plane: VirtualControlPlane;
  let node: TrialKubelet;
  before(async () => {
    plane = await startVirtualControlPlane({ controllers: [] });
    node = new TrialKubelet(plane.client, plane.env);
    await node.start();
  });
  after(() => plane[Symbol.dispose]());

  const main: Container = { name: 'main', image: 'busybox', imagePullPolicy: 'IfNotPresent' };
  const says = (script: string): Container => ({ ...main, command: ['sh', '-c', script] });

  async function ask(name: string, query: Readonly<Record<string, string>> = {}): Promise<ApiResult> {
    const map = new Map(Object.entries(query).map(([key, value]) => [key, [value]] as const));
    return node.component.serve({ resource: 'pods', subresource: 'log', object: await node.pod(name), path: '', query: map });
  }

  async function logOf(name: string, query?: Readonly<Record<string, string>>): Promise<string> {
    const result = await ask(name, query);
    assert.ok(result.type === 'bytes' && result.body instanceof Uint8Array);
    return text(result.body);
  }

  async function own(path: string): Promise<string> {
    const object = { metadata: { name: 'node01' } };
    const result = await node.component.serve({ resource: 'nodes', subresource: 'proxy', object, path, query: new Map() });
    assert.ok(result.type === 'bytes' && result.body instanceof Uint8Array);
    return text(result.body);
  }

  const refusal = async (asking: Promise<unknown>): Promise<string> =>
    asking.then(
      () => assert.fail('it was answered'),
      (error: unknown) => (error instanceof ApiError ? `${error.code} ${error.message}` : assert.fail(String(error))),
    );

  test('a log is what the container has printed, as far as it is asked for', async () => {
    await node.run('talks', { containers: [says('echo one; echo two; sleep 5; echo three; sleep 1000')] });
    await plane.until(async () => isReady(await node.pod('talks')));
    await plane.clock.advance(7000);
    assert.equal(await logOf('talks'), 'one\ntwo\nthree\n');
    assert.equal(await logOf('talks', { tailLines: '1' }), 'three\n');
    assert.equal(await logOf('talks', { tailLines: '0' }), '');
    assert.equal(await logOf('talks', { limitBytes: '5' }), 'one\nt');
    assert.equal(await logOf('talks', { sinceSeconds: '4' }), 'three\n');
    assert.match(await logOf('talks', { timestamps: 'true', tailLines: '1' }), /^2026-01-01T00:00:\d\d\.\d{9}Z three\n$/);
  });

  test('a followed log goes on until the container has ended', async () => {
    await node.run('followed', { restartPolicy: 'Never', containers: [says('echo one; sleep 3; echo two')] });
    await plane.until(async () => isReady(await node.pod('followed')));
    const result = await ask('followed', { follow: 'true' });
    assert.ok(result.type === 'bytes' && !(result.body instanceof Uint8Array));
    let heard = '';
    let over = false;
    const listening = (async (body: AsyncIterable<Uint8Array>) => {
      for await (const piece of body) heard += text(piece);
      over = true;
    })(result.body);
    await plane.clock.advance(1000);
    assert.deepEqual([heard, over], ['one\n', false]);
    await plane.clock.advance(4000);
    await listening;
    assert.equal(heard, 'one\ntwo\n');
  });

  test('the log of the run before is kept', async () => {
    await node.run('crashed', { containers: [says('echo begun; exit 1')] });
    await plane.clock.advance(5000);
    assert.equal(await logOf('crashed', { previous: 'true' }), 'begun\n');
    assert.equal((await node.pod('crashed')).status.containerStatuses?.[0]?.restartCount, 1);
  });

  test('where there is no log yet, the answer says why', async () => {
    await node.run('waits', { containers: [main], volumes: [{ name: 'v', secret: { secretName: 'nowhere' } }] });
    await node.run('imageless', { containers: [{ ...main, image: 'doesnotexist' }] });
    await plane.clock.advance(3000);
    assert.equal(await refusal(ask('waits')), '400 container "main" in pod "waits" is waiting to start: ContainerCreating');
    assert.equal(
      await refusal(ask('imageless')),
      '400 container "main" in pod "imageless" is waiting to start: trying and failing to pull image',
    );
    assert.equal(await refusal(ask('talks', { previous: 'true' })), '400 previous terminated container "main" in pod "talks" not found');
    assert.equal(await refusal(ask('talks', { container: 'nobody' })), '400 container "nobody" in pod "talks" is not available');
  });

  test('the summary tells what each container uses', async () => {
    await node.run('busy', { containers: [{ ...main, image: 'nginx' }] }, scripted({ cpu: '250m', memory: '64Mi' }));
    await plane.until(async () => isReady(await node.pod('busy')));
    await plane.clock.advance(10_000);
    const summary = JSON.parse(await own('/stats/summary')) as StatsSummary;
    const busy = summary.pods.find(({ podRef }) => podRef.name === 'busy');
    assert.equal(busy?.containers[0]?.cpu.usageNanoCores, 250_000_000);
    assert.equal(busy?.memory.workingSetBytes, 64 * 1024 * 1024);
    assert.ok(summary.node.cpu.usageNanoCores >= 250_000_000);
  });

  test('health and pods are told, and what is not there is not', async () => {
    assert.equal(await own('/healthz'), 'ok');
    assert.match(await own('/pods'), /"kind":"PodList"/);
    assert.equal(await refusal(own('/nowhere')), '404 the server could not find the requested resource');
    const exec = { resource: 'pods', subresource: 'exec', object: await node.pod('talks'), path: '', query: new Map() };
    assert.match(await refusal(node.component.serve(exec)), /^503 the container runtime of node node01 offers no streams/);
  });
});
