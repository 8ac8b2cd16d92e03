import type { Pod } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import type { ObjectMeta } from '../../meta.ts';
import { defaultPod } from './pod-defaults.ts';

/** Pods for tests, as they stand after defaulting. Parts are loosely typed: tests write what no type allows. */
export function testPod(spec: object = {}, metadata: ObjectMeta = {}, status: object = {}): Pod {
  const pod = structuredClone({
    metadata: { name: 'web', namespace: 'default', ...metadata },
    spec: { containers: [{ name: 'web', image: 'nginx:1.29' }], ...spec },
    status,
  }) as Draft<Pod>;
  defaultPod(pod);
  return pod;
}

/** A pod of one container that differs from the plain one. */
export const podWithContainer = (container: object, spec: object = {}): Pod =>
  testPod({ ...spec, containers: [{ name: 'web', image: 'nginx:1.29', ...container }] });
