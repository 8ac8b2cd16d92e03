/** Jobs and pods for tests of decisions about them. */
import type { Job, JobSpec, JobStatus } from '../../api/generated/batch/v1.ts';
import type { Pod, PodStatus } from '../../api/generated/core/v1.ts';
import { completionIndexKey, trackingFinalizer } from './job-state.ts';

export const nowMs = Date.parse('2026-01-01T01:00:00Z');
export const jobOf = (spec: Partial<JobSpec> = {}, status: JobStatus = {}): Job => ({
  metadata: { name: 'job', namespace: 'ns', uid: 'job-uid' },
  spec: {
    parallelism: 2,
    completions: 3,
    backoffLimit: 6,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c' }] } },
    ...spec,
  },
  status,
});
export const podOf = (
  name: string,
  phase: NonNullable<PodStatus['phase']>,
  more: { index?: number; going?: boolean; tracked?: boolean; status?: PodStatus; node?: string } = {},
): Pod => ({
  metadata: {
    name,
    namespace: 'ns',
    uid: name,
    creationTimestamp: '2026-01-01T00:00:00Z',
    ...(more.tracked !== false && { finalizers: [trackingFinalizer] }),
    ...(more.going && { deletionTimestamp: '2026-01-01T00:59:00Z' }),
    ...(more.index !== undefined && { annotations: { [completionIndexKey]: String(more.index) } }),
  },
  spec: { containers: [], ...(more.node && { nodeName: more.node }) },
  status: { phase, ...more.status },
});
export const exited = (code: number, name = 'c'): PodStatus => ({
  phase: 'Failed',
  containerStatuses: [
    {
      name,
      image: '',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { terminated: { exitCode: code, finishedAt: '2026-01-01T00:59:55Z' } },
    },
  ],
});
export const indexed = { completionMode: 'Indexed' } as const;
