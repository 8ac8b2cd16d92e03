/** What the kubelet decides about containers: when they start, what they are told, what becomes of them. The containers are simulated. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Container, ContainerState, Pod as PodObject, PodSpec, Probe } from '../../src/api/generated/core/v1.ts';
import { ConfigMap } from '../../src/api/kinds/core/configmap.ts';
import { Node } from '../../src/api/kinds/core/node.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { Secret } from '../../src/api/kinds/core/secret.ts';
import { Service } from '../../src/api/kinds/core/service.ts';
import { isReady, podCondition } from '../../src/api/pods/pod-state.ts';
import { conformance, until } from './bed.ts';
import { createPod, podNow, podRuns, podThat } from './pods-of.ts';

const speed = 10;
const shell = (script: string, more: Partial<Container> = {}): Container => ({
  name: 'main',
  image: 'busybox',
  command: ['sh', '-c', script],
  ...more,
});

conformance(
  'containers of pods',
  (bed) => {
    const create = (namespace: string, spec: Partial<PodSpec>) => createPod(bed, namespace, 'pod', spec);
    const log = async (namespace: string, container = 'main') =>
      (await bed.request('GET', `/api/v1/namespaces/${namespace}/pods/pod/log?container=${container}`, { accept: '*/*' })).text;
    const ended = (namespace: string, phase: 'Succeeded' | 'Failed' = 'Succeeded') =>
      podThat(bed, namespace, 'pod', ({ status }) => status?.phase === phase);
    /** What a container that runs once prints, in lines. */
    const printed = async (namespace: string, container: Partial<Container>, script = 'env'): Promise<readonly string[]> => {
      await create(namespace, { restartPolicy: 'Never', containers: [shell(script, container)] });
      await ended(namespace);
      return (await log(namespace)).trimEnd().split('\n');
    };
    const has = (lines: readonly string[], ...wanted: readonly string[]) => {
      for (const line of wanted) assert.ok(lines.includes(line), `${lines.join('\n')}\nlacks ${line}`);
    };
    const restarts = (pod: PodObject | undefined) => pod?.status?.containerStatuses?.[0]?.restartCount ?? 0;
    const passes = (clusterSeconds: number) => delay((clusterSeconds * 1000) / speed);

    for (const [kind, data] of [
      [ConfigMap, { 'data-1': 'value-1', 'data-2': 'value-2' }],
      [Secret, { 'data-1': 'dmFsdWUtMQ==', 'data-2': 'dmFsdWUtMg==' }],
    ] as const) {
      const isMap = kind.kind === 'ConfigMap';
      const keyRef = (key: string) => ({ name: 'source', key });
      const from = (prefix?: string) => ({ [isMap ? 'configMapRef' : 'secretRef']: { name: 'source' }, ...(prefix && { prefix }) });
      const source = async () => {
        const namespace = await bed.namespace();
        await bed.client.create(kind, { metadata: { namespace, name: 'source' }, data });
        return namespace;
      };
      const single = async () => {
        const valueFrom = { [isMap ? 'configMapKeyRef' : 'secretKeyRef']: keyRef('data-1') };
        has(await printed(await source(), { env: [{ name: 'CONFIG_DATA_1', valueFrom }] }), 'CONFIG_DATA_1=value-1');
      };
      const whole = async () => {
        const lines = await printed(await source(), { envFrom: [from(), from('p_')] });
        has(lines, 'data-1=value-1', 'data-2=value-2', 'p_data-1=value-1', 'p_data-2=value-2');
      };
      const prefixes = async () => {
        const lines = await printed(await source(), { envFrom: ['p-', 'p.', '1p'].map((prefix) => from(prefix)) });
        has(lines, 'p-data-1=value-1', 'p.data-1=value-1', '1pdata-2=value-2');
      };
      if (isMap) {
        test('[sig-node] ConfigMap should be consumable via environment variable [Conformance] [NodeConformance]', single);
        test('[sig-node] ConfigMap should be consumable via the environment [Conformance] [NodeConformance]', whole);
        test('[sig-node] ConfigMap should be consumable as environment variable names with various prefixes [Conformance]', prefixes);
      } else {
        test('[sig-node] Secrets should be consumable from pods in env vars [Conformance] [NodeConformance]', single);
        test('[sig-node] Secrets should be consumable via the environment [Conformance] [NodeConformance]', whole);
        test(
          '[sig-node] Secrets should be consumable as environment variable names variable names with various prefixes [Conformance]',
          prefixes,
        );
      }
    }

    const fields = (paths: Readonly<Record<string, string>>) =>
      Object.entries(paths).map(([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { fieldPath } } }));
    const amounts = Object.entries({
      CPU_LIMIT: 'limits.cpu',
      MEMORY_LIMIT: 'limits.memory',
      CPU_REQUEST: 'requests.cpu',
      MEMORY_REQUEST: 'requests.memory',
    }).map(([name, resource]) => ({ name, valueFrom: { resourceFieldRef: { resource } } }));
    const now = async (namespace: string) => (await podNow(bed, namespace, 'pod'))!;

    test('[sig-node] Downward API should provide pod name, namespace and IP address as env vars [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      const env = fields({ POD_NAME: 'metadata.name', POD_NAMESPACE: 'metadata.namespace', POD_IP: 'status.podIP' });
      const lines = await printed(namespace, { env });
      has(lines, 'POD_NAME=pod', `POD_NAMESPACE=${namespace}`, `POD_IP=${(await now(namespace)).status.podIP}`);
    });

    test('[sig-node] Downward API should provide host IP as an env var [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      const lines = await printed(namespace, { env: fields({ HOST_IP: 'status.hostIP' }) });
      has(lines, `HOST_IP=${(await now(namespace)).status.hostIP}`);
    });

    test('[sig-node] Downward API should provide hostIPs as an env var [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      const lines = await printed(namespace, { env: fields({ HOST_IPS: 'status.hostIPs' }) });
      has(lines, `HOST_IPS=${(await now(namespace)).status.hostIPs!.map(({ ip }) => ip).join(',')}`);
    });

    test('[sig-node] Downward API should provide pod UID as env vars [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      const lines = await printed(namespace, { env: fields({ POD_UID: 'metadata.uid' }) });
      has(lines, `POD_UID=${(await now(namespace)).metadata.uid}`);
    });

    test("[sig-node] Downward API should provide container's limits.cpu/memory and requests.cpu/memory as env vars [Conformance] [NodeConformance]", async () => {
      const resources = { requests: { cpu: '250m', memory: '32Mi' }, limits: { cpu: '1250m', memory: '64Mi' } };
      const lines = await printed(await bed.namespace(), { env: amounts, resources });
      has(lines, 'CPU_LIMIT=2', 'MEMORY_LIMIT=67108864', 'CPU_REQUEST=1', 'MEMORY_REQUEST=33554432');
    });

    test('[sig-node] Downward API should provide default limits.cpu/memory from node allocatable [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      const lines = await printed(namespace, { env: amounts.slice(0, 2) });
      const { status } = await bed.client.get(Node, { name: (await now(namespace)).spec.nodeName! });
      assert.deepEqual([status?.allocatable?.['cpu'], status?.allocatable?.['memory']], ['8', '16Gi']);
      has(lines, 'CPU_LIMIT=8', `MEMORY_LIMIT=${16 * 2 ** 30}`);
    });

    test('[sig-node] Variable Expansion should allow composing env vars into new env vars [Conformance] [NodeConformance]', async () => {
      const env = [
        { name: 'FOO', value: 'foo-value' },
        { name: 'BAR', value: 'bar-value' },
        { name: 'FOOBAR', value: '$(FOO);;$(BAR)' },
      ];
      has(await printed(await bed.namespace(), { env }), 'FOOBAR=foo-value;;bar-value');
    });

    test("[sig-node] Variable Expansion should allow substituting values in a container's command [Conformance] [NodeConformance]", async () => {
      const env = [{ name: 'TEST_VAR', value: 'test-value' }];
      has(await printed(await bed.namespace(), { env }, 'TEST_VAR=wrong echo "$(TEST_VAR)"'), 'test-value');
    });

    test("[sig-node] Variable Expansion should allow substituting values in a container's args [Conformance] [NodeConformance]", async () => {
      const env = [{ name: 'TEST_VAR', value: 'test-value' }];
      has(await printed(await bed.namespace(), { env, command: ['sh', '-c'], args: ['echo "$(TEST_VAR)"'] }), 'test-value');
    });

    test('[sig-node] Pods should contain environment variables for services [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      const { spec } = await bed.client.create(Service, {
        metadata: { namespace, name: 'fooservice' },
        spec: { ports: [{ port: 8765, targetPort: 8080 }] },
      } as never);
      const ip = (spec as { readonly clusterIP: string }).clusterIP;
      // A pod that starts before its kubelet has heard of the Service does not hear of it.
      await passes(2);
      has(
        await printed(namespace, {}),
        `FOOSERVICE_SERVICE_HOST=${ip}`,
        'FOOSERVICE_SERVICE_PORT=8765',
        `FOOSERVICE_PORT=tcp://${ip}:8765`,
        `FOOSERVICE_PORT_8765_TCP=tcp://${ip}:8765`,
        'FOOSERVICE_PORT_8765_TCP_PROTO=tcp',
        'FOOSERVICE_PORT_8765_TCP_PORT=8765',
        `FOOSERVICE_PORT_8765_TCP_ADDR=${ip}`,
      );
    });

    test('[sig-node] Kubelet when scheduling a busybox command in a pod should print the output to logs [Conformance] [NodeConformance]', async () => {
      assert.deepEqual(await printed(await bed.namespace(), {}, "echo 'Hello World'; sleep 2"), ['Hello World']);
    });

    test('[sig-node] Kubelet when scheduling a busybox command that always fails in a pod should have an terminated reason [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, { restartPolicy: 'Never', containers: [shell('exit 1')] });
      const { status } = await ended(namespace, 'Failed');
      const { exitCode, reason } = status.containerStatuses![0]!.state!.terminated!;
      assert.deepEqual([exitCode, reason], [1, 'Error']);
    });

    test('[sig-node] Container Runtime blackbox test when starting a container that exits should run with the expected status [Conformance] [NodeConformance]', async () => {
      // Fails once, and then would run for ever or end well: what becomes of it is the restart policy's.
      const script = 'if [ -f /data/was-here ]; then sleep 1000; fi; touch /data/was-here; exit 1';
      const failsOnce: Partial<PodSpec> = {
        volumes: [{ name: 'data', emptyDir: {} }],
        containers: [shell(script, { volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
        terminationGracePeriodSeconds: 0,
      };
      for (const [restartPolicy, phase, count, ready] of [
        ['Always', 'Running', 1, true],
        ['OnFailure', 'Running', 1, true],
        ['Never', 'Failed', 0, false],
      ] as const) {
        const namespace = await bed.namespace();
        await create(namespace, { ...failsOnce, restartPolicy });
        await podThat(
          bed,
          namespace,
          'pod',
          (pod) => pod.status?.phase === phase && restarts(pod) === count && (podCondition(pod, 'Ready')?.status === 'True') === ready,
        );
      }
    });

    const messageOf = async (script: string, more: Partial<Container>, phase: 'Succeeded' | 'Failed') => {
      const namespace = await bed.namespace();
      await create(namespace, { restartPolicy: 'Never', containers: [shell(script, more)] });
      return (await ended(namespace, phase)).status.containerStatuses![0]!.state!.terminated!.message ?? '';
    };
    const orLogs = { terminationMessagePolicy: 'FallbackToLogsOnError' } as const;

    test('[sig-node] Container Runtime blackbox test on terminated container should report termination message from log output if TerminationMessagePolicy FallbackToLogsOnError is set [Conformance] [NodeConformance]', async () => {
      assert.equal((await messageOf('echo DONE; exit 1', orLogs, 'Failed')).trim(), 'DONE');
    });

    test('[sig-node] Container Runtime blackbox test on terminated container should report termination message as empty when pod succeeds and TerminationMessagePolicy FallbackToLogsOnError is set [Conformance] [NodeConformance]', async () => {
      assert.equal(await messageOf('echo DONE', orLogs, 'Succeeded'), '');
    });

    test('[sig-node] Container Runtime blackbox test on terminated container should report termination message from file when pod succeeds and TerminationMessagePolicy FallbackToLogsOnError is set [Conformance] [NodeConformance]', async () => {
      assert.equal((await messageOf('echo OK > /dev/termination-log; echo DONE', orLogs, 'Succeeded')).trim(), 'OK');
    });

    const initially = (...codes: readonly number[]) => codes.map((code, index) => shell(`exit ${code}`, { name: `init${index + 1}` }));
    const initialized = (pod: PodObject) => podCondition(pod, 'Initialized')?.status === 'True';
    const initStates = ({ status }: PodObject): readonly (ContainerState | undefined)[] =>
      status.initContainerStatuses!.map(({ state }) => state);

    test('[sig-node] InitContainer should invoke init containers on a RestartNever pod [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, { restartPolicy: 'Never', initContainers: initially(0, 0), containers: [shell('exit 0')] });
      const pod = await ended(namespace);
      assert.ok(initialized(pod));
      assert.deepEqual(
        initStates(pod).map((state) => state?.terminated?.exitCode),
        [0, 0],
      );
    });

    test('[sig-node] InitContainer should invoke init containers on a RestartAlways pod [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, { initContainers: initially(0, 0), containers: [shell('sleep 1000')] });
      const pod = await podRuns(bed, namespace, 'pod');
      assert.ok(initialized(pod));
      const [first, second] = initStates(pod).map((state) => state?.terminated);
      assert.deepEqual([first?.exitCode, second?.exitCode], [0, 0]);
      assert.ok(first!.finishedAt! <= second!.startedAt!, 'one after the other');
    });

    test('[sig-node] InitContainer should not start app containers if init containers fail on a RestartAlways pod [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, { initContainers: initially(1, 0), containers: [shell('sleep 1000')] });
      const pod = await podThat(bed, namespace, 'pod', ({ status }) => (status?.initContainerStatuses?.[0]?.restartCount ?? 0) >= 2);
      assert.deepEqual([pod.status?.phase, initialized(pod)], ['Pending', false]);
      assert.equal(podCondition(pod, 'Initialized')?.reason, 'ContainersNotInitialized');
      assert.ok(initStates(pod)[1]?.waiting && pod.status?.containerStatuses?.[0]?.state?.waiting);
    });

    test('[sig-node] InitContainer should not start app containers and fail the pod if init containers fail on a RestartNever pod [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, { restartPolicy: 'Never', initContainers: initially(0, 1), containers: [shell('exit 0')] });
      const pod = await ended(namespace, 'Failed');
      assert.deepEqual(
        initStates(pod).map((state) => state?.terminated?.exitCode),
        [0, 1],
      );
      assert.ok(pod.status?.containerStatuses?.[0]?.state?.waiting, 'what comes after never starts');
    });

    const cat: Probe = { exec: { command: ['cat', '/tmp/health'] } };
    const probed = async (script: string, probes: Partial<Container>) => {
      const namespace = await bed.namespace();
      await create(namespace, { containers: [shell(script, probes)], terminationGracePeriodSeconds: 1 });
      return namespace;
    };
    const often = { periodSeconds: 1, failureThreshold: 1 };

    test('[sig-node] Probing container should be restarted with a exec "cat /tmp/health" liveness probe [Conformance] [NodeConformance]', async () => {
      const script = 'echo ok > /tmp/health; sleep 3; rm -f /tmp/health; sleep 600';
      const namespace = await probed(script, { livenessProbe: { ...cat, ...often } });
      await podThat(bed, namespace, 'pod', (pod) => restarts(pod) > 0);
    });

    test('[sig-node] Probing container should *not* be restarted with a exec "cat /tmp/health" liveness probe [Conformance] [NodeConformance]', async () => {
      const namespace = await probed('echo ok > /tmp/health; sleep 600', { livenessProbe: { ...cat, ...often, initialDelaySeconds: 1 } });
      await podRuns(bed, namespace, 'pod');
      await passes(20);
      assert.equal(restarts(await podNow(bed, namespace, 'pod')), 0);
    });

    test('[sig-node] Probing container with readiness probe that fails should never be ready and never restart [Conformance] [NodeConformance]', async () => {
      const namespace = await probed('sleep 600', { readinessProbe: { exec: { command: ['false'] }, periodSeconds: 1 } });
      await podRuns(bed, namespace, 'pod');
      await passes(20);
      const pod = await podNow(bed, namespace, 'pod');
      assert.deepEqual([isReady(pod!), restarts(pod)], [false, 0]);
    });

    test('[sig-node] Probing container with readiness probe should not be ready before initial delay and never restart [Conformance] [NodeConformance]', async () => {
      const namespace = await probed('sleep 600', {
        readinessProbe: { exec: { command: ['true'] }, initialDelaySeconds: 20, periodSeconds: 1 },
      });
      const pod = await podThat(bed, namespace, 'pod', isReady);
      const startedMs = Date.parse(pod.status.containerStatuses![0]!.state!.running!.startedAt!);
      const readyMs = Date.parse(podCondition(pod, 'Ready')!.lastTransitionTime!);
      assert.ok(readyMs - startedMs >= 20_000, `ready after ${readyMs - startedMs} ms`);
      assert.equal(restarts(pod), 0);
    });

    test('[sig-node] Ephemeral Containers will start an ephemeral container in an existing pod [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, { containers: [shell('sleep 1000')] });
      await podRuns(bed, namespace, 'pod');
      const debug = { ...shell('while true; do echo polo; sleep 2; done'), name: 'debugger' };
      const patch = { spec: { ephemeralContainers: [debug] } };
      await bed.client.patch(Pod, { namespace, name: 'pod' }, 'strategic', patch, { subresource: 'ephemeralcontainers' });
      await podThat(bed, namespace, 'pod', ({ status }) => status?.ephemeralContainerStatuses?.[0]?.state?.running !== undefined);
      await until(async () => (await log(namespace, 'debugger')).includes('polo'));
    });
  },
  { workers: 2, speed, concurrency: true },
);
