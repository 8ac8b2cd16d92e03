import type { Pod } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import { forbidden, type FieldError } from '../../field-error.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { objectDiff } from '../../validation/object-diff.ts';
import { mirrorPodAnnotation, validatePodAnnotationChanges } from './pod-annotation-validation.ts';
import { validatePod } from './pod-validation.ts';
import { keepAllBut } from './pod-subresource.ts';

/** `kubectl debug` writes through this subresource: it adds ephemeral containers and changes nothing else. */
export function prepareEphemeralContainersUpdate(next: Draft<Pod>, old: Pod): void {
  const { ephemeralContainers } = next.spec;
  keepAllBut(next, old, (spec) => ({ ...spec, ephemeralContainers }));
}

/** Upstream's ValidatePodEphemeralContainersUpdate. */
export function validateEphemeralContainersUpdate(next: Pod, old: Pod): FieldError[] {
  if (mirrorPodAnnotation in (old.metadata.annotations ?? {})) return [forbidden('', 'static pods do not support ephemeral containers')];
  return [
    ...validatePod(next),
    ...validatePodAnnotationChanges(next.metadata.annotations ?? {}, old.metadata.annotations ?? {}, 'metadata.annotations'),
    ...validateNoneChanged(next, old),
  ];
}

function validateNoneChanged(next: Pod, old: Pod): FieldError[] {
  const path = 'spec.ephemeralContainers';
  const byName = new Map((next.spec.ephemeralContainers ?? []).map((container) => [container.name, container]));
  return (old.spec.ephemeralContainers ?? []).flatMap((before) => {
    const after = byName.get(before.name);
    const name = JSON.stringify(before.name);
    if (!after) return [forbidden(path, `existing ephemeral containers ${name} may not be removed\n`)];
    if (semanticallyEqual(before, after)) return [];
    return [forbidden(path, `existing ephemeral containers ${name} may not be changed\n${objectDiff(before, after)}`)];
  });
}
