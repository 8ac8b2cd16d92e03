import { test } from 'node:test';
import { DeviceClass } from '../../src/api/kinds/resource/deviceclass.ts';
import { DeviceTaintRuleV1Beta2 } from '../../src/api/kinds/resource/devicetaintrule.ts';
import { ResourceClaim } from '../../src/api/kinds/resource/resourceclaim.ts';
import { ResourceClaimTemplate } from '../../src/api/kinds/resource/resourceclaimtemplate.ts';
import { ResourceSlice } from '../../src/api/kinds/resource/resourceslice.ts';
import { exercise } from './api-operations.ts';
import { conformance } from './bed.ts';

const claim = { devices: { requests: [{ name: 'req-0', exactly: { deviceClassName: 'gpu.example.com' } }] } };

conformance(
  'dynamic resource allocation',
  (bed) => {
    test('[sig-node] [DRA] CRUD Tests resource.k8s.io/v1 DeviceClass [Conformance]', async () => {
      await exercise(bed, {
        kind: DeviceClass,
        make: () => ({ spec: { selectors: [{ cel: { expression: 'device.driver == "gpu.example.com"' } }] } }),
        change: (one) => ({ ...one, spec: { selectors: [{ cel: { expression: 'true' } }] } }),
      });
    });

    test('[sig-node] [DRA] CRUD Tests resource.k8s.io/v1 ResourceClaim [Conformance]', async () => {
      const namespace = await bed.namespace();
      const allocation = (device: string) => ({
        allocation: { devices: { results: [{ request: 'req-0', driver: 'gpu.example.com', pool: 'pool', device }] } },
      });
      await exercise(bed, { kind: ResourceClaim, namespace, make: () => ({ spec: claim }) });
      const user = { resource: 'pods', name: 'a', uid: '1' };
      await exercise(bed, {
        kind: ResourceClaim,
        namespace,
        make: () => ({ spec: claim }),
        status: [allocation('gpu-0'), { ...allocation('gpu-0'), reservedFor: [user] }],
      });
    });

    test('[sig-node] [DRA] CRUD Tests resource.k8s.io/v1 ResourceClaimTemplate [Conformance]', async () => {
      const namespace = await bed.namespace();
      await exercise(bed, { kind: ResourceClaimTemplate, namespace, make: () => ({ spec: { spec: claim } }) });
    });

    test('[sig-node] [DRA] CRUD Tests resource.k8s.io/v1 ResourceSlice [Conformance]', async () => {
      await exercise(bed, {
        kind: ResourceSlice,
        make: (index) => ({
          spec: {
            nodeName: 'node-1',
            driver: 'gpu.example.com',
            pool: { name: `pool-${index}`, resourceSliceCount: 1, generation: 1 },
            devices: [{ name: 'gpu-0', attributes: { model: { string: 'x' } }, capacity: { memory: { value: '40Gi' } } }],
          },
        }),
      });
    });

    test('DeviceTaintRule supports all operations in v1beta2, before it has a v1', async () => {
      const condition = (status: string) => ({
        conditions: [
          { type: 'EvictionInProgress', status, reason: 'Test', message: 'Set by a test', lastTransitionTime: '2026-01-01T00:00:00Z' },
        ],
      });
      await exercise(bed, {
        kind: DeviceTaintRuleV1Beta2,
        make: () =>
          ({
            spec: { deviceSelector: { driver: 'gpu.example.com' }, taint: { key: 'example.com/broken', effect: 'NoSchedule' } },
          }) as never,
        status: [condition('True'), condition('False')],
      });
    });
  },
  { runtimeConfig: { 'resource.k8s.io/v1beta2': 'true' } },
);
