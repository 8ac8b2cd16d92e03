import { forbidden, invalid, required, tooLong, type FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { parseApiVersion, type KubeObject, type ManagedFieldsEntry, type ObjectMeta, type OwnerReference } from '../meta.ts';
import { validateLabels } from './label-selector.ts';
import { nameIsDns1123Label, nameIsDns1123Subdomain, qualifiedName } from './names.ts';
import { utf8Length } from './text-size.ts';

export const immutableField = 'field is immutable';
export const notNegative = 'must be greater than or equal to 0';

/** Of all annotations' keys and values together. */
const maxAnnotationBytes = 256 * 1024;
const maxManagerBytes = 128;
const maxSubresourceBytes = 256;

type MetadataRules = Pick<Kind, 'namespaced' | 'group' | 'publishedSchema'> & { readonly strategy: Pick<Kind['strategy'], 'nameProblems'> };

/** apimachinery's ValidateObjectMeta, for an object about to be created: a generated name is already there. */
export function validateMetadata(kind: MetadataRules, object: KubeObject): FieldError[] {
  const { metadata } = object;
  const nameProblems = kind.strategy.nameProblems ?? nameIsDns1123Subdomain;
  const problems: FieldError[] = [];
  if (metadata.generateName) {
    const { generateName } = metadata;
    problems.push(...nameProblems(generateName, true).map((problem) => invalid('metadata.generateName', generateName, problem)));
  }
  if (!metadata.name) problems.push(required('metadata.name', 'name or generateName is required'));
  else problems.push(...nameProblems(metadata.name, false).map((problem) => invalid('metadata.name', metadata.name, problem)));
  return [
    ...problems,
    ...validateNamespace(kind.namespaced, metadata.namespace ?? ''),
    ...validateNonNegative(metadata.generation ?? 0, 'metadata.generation'),
    ...validateLabels(metadata.labels, 'metadata.labels'),
    ...validateAnnotations(metadata.annotations, 'metadata.annotations'),
    ...validateOwnerReferences(metadata.ownerReferences ?? [], 'metadata.ownerReferences'),
    ...validateFinalizers(metadata.finalizers ?? [], 'metadata.finalizers'),
    ...validateManagedFields(metadata.managedFields ?? [], 'metadata.managedFields'),
    ...validateStandardFinalizers(kind, metadata.finalizers ?? []),
  ];
}

/** apimachinery's ValidateObjectMetaUpdate. What an update may leave out (uid, timestamps) has been filled in before. */
export function validateMetadataUpdate(kind: MetadataRules, next: KubeObject, old: KubeObject): FieldError[] {
  const { metadata } = next;
  const problems: FieldError[] = [];
  if (old.metadata.deletionTimestamp) problems.push(...noNewFinalizers(metadata.finalizers ?? [], old.metadata.finalizers ?? []));
  if (!metadata.resourceVersion) problems.push(invalid('metadata.resourceVersion', '', 'must be specified for an update'));
  if ((metadata.generation ?? 0) < (old.metadata.generation ?? 0)) {
    problems.push(invalid('metadata.generation', metadata.generation ?? 0, 'must not be decremented'));
  }
  for (const field of immutableMetadata) {
    if ((metadata[field] ?? '') !== (old.metadata[field] ?? '')) {
      problems.push(invalid(`metadata.${field}`, metadata[field] ?? absentValue[field], immutableField));
    }
  }
  return [
    ...problems,
    ...validateLabels(metadata.labels, 'metadata.labels'),
    ...validateAnnotations(metadata.annotations, 'metadata.annotations'),
    ...validateOwnerReferences(metadata.ownerReferences ?? [], 'metadata.ownerReferences'),
    ...validateManagedFields(metadata.managedFields ?? [], 'metadata.managedFields'),
    ...validateStandardFinalizers(kind, metadata.finalizers ?? []),
  ];
}

const immutableMetadata = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;

/** How an absent value is shown: Go's zero value of a string, or null for what is a pointer or a time. */
const absentValue: Readonly<Record<(typeof immutableMetadata)[number], string | null>> = {
  name: '',
  namespace: '',
  uid: '',
  creationTimestamp: null,
  deletionTimestamp: null,
  deletionGracePeriodSeconds: null,
};

function validateNamespace(namespaced: boolean, namespace: string): FieldError[] {
  if (!namespaced) return namespace === '' ? [] : [forbidden('metadata.namespace', 'not allowed on this type')];
  if (namespace === '') return [required('metadata.namespace')];
  return nameIsDns1123Label(namespace, false).map((problem) => invalid('metadata.namespace', namespace, problem));
}

export const validateNonNegative = (value: number, path: string): FieldError[] => (value < 0 ? [invalid(path, value, notNegative)] : []);

export function validateAnnotations(annotations: ObjectMeta['annotations'], path: string): FieldError[] {
  const entries = Object.entries(annotations ?? {});
  const problems = entries.flatMap(([name]) => qualifiedName(name.toLowerCase()).map((problem) => invalid(path, name, problem)));
  const bytes = entries.reduce((sum, [name, value]) => sum + utf8Length(name) + utf8Length(value), 0);
  if (bytes > maxAnnotationBytes) problems.push(tooLong(path, maxAnnotationBytes));
  return problems;
}

export function validateOwnerReferences(references: readonly OwnerReference[], path: string): FieldError[] {
  const problems: FieldError[] = [];
  let controller = '';
  for (const reference of references) {
    problems.push(...validateOwnerReference(reference, path));
    if (!reference.controller) continue;
    const current = `${reference.kind}/${reference.name}`;
    if (controller === '') controller = current;
    else {
      const found = `Found "true" in references for ${controller} and ${current}`;
      problems.push(invalid(path, references, `Only one reference can have Controller set to true. ${found}`));
    }
  }
  return problems;
}

function validateOwnerReference(reference: OwnerReference, path: string): FieldError[] {
  const problems: FieldError[] = [];
  const { group, version } = parseApiVersion(reference.apiVersion ?? '') ?? { group: '', version: '' };
  if (version === '') problems.push(invalid(`${path}.apiVersion`, reference.apiVersion ?? '', 'version must not be empty'));
  for (const field of ['kind', 'name', 'uid'] as const) {
    if (!reference[field]) problems.push(invalid(`${path}.${field}`, reference[field] ?? '', 'must not be empty'));
  }
  if (group === '' && version === 'v1' && reference.kind === 'Event') {
    problems.push(invalid(path, reference, '/v1, Kind=Event is disallowed from being an owner'));
  }
  return problems;
}

export function validateFinalizers(finalizers: readonly string[], path: string): FieldError[] {
  const problems = finalizers.flatMap((one) => validateFinalizerName(one, path));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    problems.push(invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return problems;
}

export const validateFinalizerName = (finalizer: string, path: string): FieldError[] =>
  qualifiedName(finalizer).map((problem) => invalid(path, finalizer, problem));

const standardFinalizers: readonly string[] = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** These groups come from API servers of their own, which leave finalizers' names to their users. */
const lenientGroups: readonly string[] = ['apiextensions.k8s.io', 'apiregistration.k8s.io'];

/** Built-in kinds know three bare names, all others carry a domain; custom resources' are free. */
function validateStandardFinalizers(kind: Pick<Kind, 'group' | 'publishedSchema'>, finalizers: readonly string[]): FieldError[] {
  const { group } = kind;
  if (kind.publishedSchema || lenientGroups.includes(group) || (group.includes('.') && !group.endsWith('.k8s.io'))) return [];
  return finalizers.flatMap((finalizer, i) =>
    finalizer.includes('/') || standardFinalizers.includes(finalizer)
      ? []
      : [invalid(`metadata.finalizers[${i}]`, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')],
  );
}

function noNewFinalizers(next: readonly string[], old: readonly string[]): FieldError[] {
  const added = [...new Set(next)].filter((one) => !old.includes(one)).sort();
  if (added.length === 0) return [];
  const shown = `[]string{${added.map((one) => JSON.stringify(one)).join(', ')}}`;
  return [forbidden('metadata.finalizers', `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`)];
}

function validateManagedFields(entries: readonly ManagedFieldsEntry[], path: string): FieldError[] {
  return entries.flatMap((entry, i) => validateManagedFieldsEntry(entry, `${path}[${i}]`));
}

function validateManagedFieldsEntry(entry: ManagedFieldsEntry, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (entry.operation !== 'Apply' && entry.operation !== 'Update') {
    problems.push(invalid(`${path}.operation`, entry.operation ?? '', 'must be `Apply` or `Update`'));
  }
  if (entry.fieldsType && entry.fieldsType !== 'FieldsV1') {
    problems.push(invalid(`${path}.fieldsType`, entry.fieldsType, 'must be `FieldsV1`'));
  }
  problems.push(...validateFieldManager(entry.manager ?? '', `${path}.manager`));
  if (utf8Length(entry.subresource ?? '') > maxSubresourceBytes) problems.push(tooLong(`${path}.subresource`, maxSubresourceBytes));
  return problems;
}

/** A field manager's name, of an entry or of a request's `fieldManager`. */
export function validateFieldManager(manager: string, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (utf8Length(manager) > maxManagerBytes) problems.push(tooLong(path, maxManagerBytes));
  let position = 0;
  for (const character of manager) {
    if (!isPrintable(character)) {
      const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      problems.push(invalid(path, manager, `invalid character U+${code} (at position ${position})`));
    }
    position += utf8Length(character);
  }
  return problems;
}

/** Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. */
const isPrintable = (character: string): boolean => /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character);
