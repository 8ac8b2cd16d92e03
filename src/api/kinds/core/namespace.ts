import type { Draft } from '../../draft.ts';
import { invalid, type FieldError } from '../../field-error.ts';
import type { NamespaceStatus, Namespace as NamespaceType } from '../../generated/core/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateFinalizerName } from '../../validation/metadata.ts';
import { nameIsDns1123Label } from '../../validation/names.ts';

/** Every Namespace carries its own name as a label, so that selectors can find it. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name';
/** Holds a Namespace until the namespace controller has emptied it; taken off through the `finalize` subresource. */
export const namespaceFinalizer = 'kubernetes';

export const Namespace = defineKind<NamespaceType>({
  ...generatedKind('', 'v1', 'Namespace'),
  shortNames: ['ns'],
  selectableFields: {
    'status.phase': (namespace) => namespace.status.phase ?? '',
  },
  columns: [nameColumn, { name: 'Status', type: 'string', cell: (namespace) => namespace.status.phase ?? '' }, ageColumn],
  strategy: {
    nameProblems: nameIsDns1123Label,
    generationFields: [],
    defaults(namespace) {
      labelWithName(namespace);
      namespace.status = { ...namespace.status, phase: namespace.status.phase ?? 'Active' };
    },
    prepareForCreate(namespace) {
      labelWithName(namespace);
      namespace.status = { phase: 'Active' };
      const finalizers = namespace.spec.finalizers ?? [];
      if (!finalizers.includes(namespaceFinalizer)) namespace.spec = { ...namespace.spec, finalizers: [...finalizers, namespaceFinalizer] };
    },
    prepareForUpdate(namespace, old) {
      keepFinalizers(namespace, old);
    },
    validateCreate: (namespace) =>
      (namespace.spec.finalizers ?? []).flatMap((finalizer) => validateNamespaceFinalizer(finalizer, 'spec.finalizers')),
    validateStatusUpdate: validatePhase,
    prepareForDeletion(namespace) {
      namespace.status = { ...namespace.status, phase: 'Terminating' };
    },
    holdsDeletion: (namespace) => (namespace.spec.finalizers ?? []).length > 0,
    subresourceUpdates: {
      finalize: {
        prepare(namespace, old) {
          namespace.status = structuredClone(old.status) as Draft<NamespaceStatus>;
        },
        validate: (namespace) =>
          (namespace.spec.finalizers ?? []).flatMap((finalizer, i) => validateNamespaceFinalizer(finalizer, `spec.finalizers[${i}]`)),
      },
    },
  },
});

function labelWithName({ metadata }: Draft<NamespaceType>): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, [namespaceNameLabel]: metadata.name };
}

function keepFinalizers(namespace: Draft<NamespaceType>, old: NamespaceType): void {
  const finalizers = old.spec.finalizers;
  namespace.spec = { ...namespace.spec, finalizers: finalizers && [...finalizers] };
}

function validateNamespaceFinalizer(finalizer: string, path: string): FieldError[] {
  const problems = validateFinalizerName(finalizer, path);
  if (!finalizer.includes('/') && !standardFinalizers.has(finalizer)) {
    problems.push(invalid(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'));
  }
  return problems;
}

const standardFinalizers: ReadonlySet<string> = new Set([namespaceFinalizer, 'orphan', 'foregroundDeletion']);

/** The path's capital letter is upstream's. */
function validatePhase(namespace: NamespaceType): FieldError[] {
  const phase = namespace.status.phase ?? '';
  const deleting = namespace.metadata.deletionTimestamp !== undefined;
  if (!deleting && phase !== 'Active') return [invalid('status.Phase', phase, "may only be 'Active' if `deletionTimestamp` is empty")];
  if (deleting && phase !== 'Terminating') {
    return [invalid('status.Phase', phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")];
  }
  return [];
}
