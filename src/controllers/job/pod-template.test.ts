import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../api/generated/batch/v1.ts';
import { trackingFinalizer } from './job-state.ts';
import { indexedNamePrefix, indexedTemplate } from './pod-template.ts';
import { jobOf, podOf, indexed } from './test-objects.ts';

test('the pod of an index has it in labels, annotations, host name and environment, and how often it failed', () => {
  const job = jobOf({ ...indexed, backoffLimitPerIndex: 3 });
  const failed = podOf('a', 'Failed', { index: 1 });
  const { metadata, spec } = indexedTemplate(job, 1, failed);
  assert.equal(metadata?.labels?.['batch.kubernetes.io/job-completion-index'], '1');
  assert.equal(metadata.annotations?.['batch.kubernetes.io/job-completion-index'], '1');
  assert.equal(metadata.annotations['batch.kubernetes.io/job-index-failure-count'], '1');
  assert.deepEqual(metadata.finalizers, [trackingFinalizer]);
  assert.equal(spec?.hostname, 'job-1');
  assert.equal(spec.containers[0]?.env?.[0]?.valueFrom?.fieldRef?.fieldPath, "metadata.labels['batch.kubernetes.io/job-completion-index']");
  const long: Job = { ...job, metadata: { name: 'x'.repeat(63) } };
  assert.equal(indexedNamePrefix(long, 12), `${'x'.repeat(54)}-12-`);
});
