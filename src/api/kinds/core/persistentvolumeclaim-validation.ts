import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../generated/core/v1.ts';
import { compareQuantities, scaledValue, type Quantity } from '../../quantity.ts';
import { semanticallyEqual, validateImmutable } from '../../semantic-equality.ts';
import { valueDiff } from '../../unified-diff.ts';
import { validateText } from '../../validation/field-checks.ts';
import { immutableField } from '../../validation/metadata.ts';
import { qualifiedName } from '../../validation/names.ts';
import { isNativeResource } from './resource-names.ts';
import { quantityFrom, resourceEntries, validateResourceQuantity } from './resource-quantities.ts';
import { storageClassAnnotation } from './volume-class.ts';

const onlyResize = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

/** What was claimed stays claimed, lest quotas be cheated: a bound claim may grow and change its attributes class. */
export function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const problems: FieldError[] = [];
  const isFromAnnotation = classMovedFromAnnotation(claim, old);
  if (!isFromAnnotation) problems.push(...validateClassAnnotation(claim, old));
  const allowed = allowedSpec(claim, old, isFromAnnotation);
  if (!semanticallyEqual(claim.spec, allowed)) {
    problems.push(forbidden('spec', `${onlyResize}\n${valueDiff(goSpec(allowed), goSpec(claim.spec))}`));
  }
  return [
    ...problems,
    ...validateSize(claim, old),
    ...validateImmutable(claim.spec.volumeMode, old.spec.volumeMode, 'volumeMode'),
    ...validateAttributesClassChange(claim.spec, old.spec),
  ];
}

/** The old spec, with the new values of whatever may change. */
function allowedSpec(
  { spec, status }: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
  isFromAnnotation: boolean,
): PersistentVolumeClaimSpec {
  const isBound = status.phase === 'Bound';
  const annotated = old.metadata.annotations?.[storageClassAnnotation];
  const classIsNew = old.spec.storageClassName === undefined && spec.storageClassName !== undefined;
  const mayName = isFromAnnotation || (classIsNew && (annotated === undefined || annotated === spec.storageClassName));
  const storage = spec.resources?.requests?.['storage'];
  return {
    ...old.spec,
    ...(!old.spec.volumeName && { volumeName: spec.volumeName }),
    ...(mayName && { storageClassName: spec.storageClassName }),
    ...(isBound &&
      storage !== undefined && { resources: { ...old.spec.resources, requests: { ...old.spec.resources?.requests, storage } } }),
    ...(isBound && spec.volumeAttributesClassName !== undefined && { volumeAttributesClassName: spec.volumeAttributesClassName }),
  };
}

/** The way from the old annotation to the field: the same class, named anew. */
function classMovedFromAnnotation({ metadata, spec }: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean {
  const before = old.metadata.annotations?.[storageClassAnnotation];
  const now = metadata.annotations?.[storageClassAnnotation];
  const isNamed = before !== undefined && old.spec.storageClassName === undefined && spec.storageClassName === before;
  return isNamed && (now === undefined || now === before);
}

function validateClassAnnotation({ metadata }: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const now = metadata.annotations?.[storageClassAnnotation] ?? '';
  if (now === (old.metadata.annotations?.[storageClassAnnotation] ?? '')) return [];
  return [invalid(`metadata.annotations.${storageClassAnnotation}`, now, immutableField)];
}

/** Shrinking helps only a claim that failed to grow, and not below what it has. */
function validateSize(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const requested = (spec: PersistentVolumeClaimSpec): Quantity => quantityFrom(spec.resources?.requests?.['storage']);
  const size = requested(claim.spec);
  const shrinks = compareQuantities(size, requested(old.spec)) < 0;
  if (!shrinks || compareQuantities(size, quantityFrom(old.status.capacity?.['storage'])) > 0) return [];
  return [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')];
}

function validateAttributesClassChange(spec: PersistentVolumeClaimSpec, old: PersistentVolumeClaimSpec): FieldError[] {
  const path = 'spec.volumeAttributesClassName';
  const next = spec.volumeAttributesClassName;
  if (old.volumeAttributesClassName === undefined || next === old.volumeAttributesClassName) return [];
  if (next === undefined) return [forbidden(path, 'update from non-nil value to nil is forbidden')];
  return next === '' ? [forbidden(path, 'update from non-nil value to an empty string is forbidden')] : [];
}

/** As upstream's diff shows a spec: all its fields, under Go's names. */
function goSpec(spec: PersistentVolumeClaimSpec): unknown {
  const { dataSource, dataSourceRef, resources } = spec;
  return {
    AccessModes: spec.accessModes ?? null,
    Selector: spec.selector ?? null,
    Resources: { Limits: resources?.limits ?? null, Requests: resources?.requests ?? null },
    VolumeName: spec.volumeName ?? '',
    StorageClassName: spec.storageClassName ?? null,
    VolumeMode: spec.volumeMode ?? null,
    DataSource: dataSource ? { APIGroup: dataSource.apiGroup ?? null, Kind: dataSource.kind, Name: dataSource.name } : null,
    DataSourceRef: dataSourceRef
      ? {
          APIGroup: dataSourceRef.apiGroup ?? null,
          Kind: dataSourceRef.kind,
          Name: dataSourceRef.name,
          Namespace: dataSourceRef.namespace ?? null,
        }
      : null,
    VolumeAttributesClassName: spec.volumeAttributesClassName ?? null,
  };
}

const resizeStatuses = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
].sort();

/** The path's capital letter is upstream's. */
export function validateClaimStatus({ spec, status }: PersistentVolumeClaim): FieldError[] {
  const problems = spec.accessModes?.length ? [] : [required('Spec.accessModes')];
  for (const [name, quantity] of resourceEntries(status.capacity)) {
    problems.push(...validateBasicQuantity(quantity, `status.capacity[${name}]`));
  }
  for (const [name, resizing] of Object.entries(status.allocatedResourceStatuses ?? {})) {
    problems.push(...validateResourceKey(name, 'status.allocatedResourceStatus'));
    if (!resizeStatuses.includes(resizing)) problems.push(notSupported('status.allocatedResourceStatus', name, resizeStatuses));
  }
  for (const [name, quantity] of resourceEntries(status.allocatedResources)) {
    const keyProblems = validateResourceKey(name, 'status.allocatedResources');
    const path = `status.allocatedResources[${name}]`;
    problems.push(...(keyProblems.length > 0 ? keyProblems : validateResourceQuantity('storage', quantity, path)));
  }
  return problems;
}

function validateBasicQuantity(quantity: Quantity, path: string): FieldError[] {
  const whole = scaledValue(quantity, 0);
  return whole < 0n ? [invalid(path, whole, 'must be a valid resource quantity')] : [];
}

function validateResourceKey(name: string, path: string): FieldError[] {
  const problems = validateText(name, path, qualifiedName);
  if (problems.length > 0 || !isNativeResource(name) || name === 'storage') return problems;
  return [notSupported(path, name, ['storage'])];
}
