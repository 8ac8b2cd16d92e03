import { duplicate, invalid, required, type FieldError } from '../../field-error.ts';
import type { CSINodeDriver, CSINode as CSINodeType } from '../../generated/storage/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { validateText } from '../../validation/field-checks.ts';
import { validateNonNegative } from '../../validation/metadata.ts';
import { qualifiedName } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { validateCsiDriverName } from '../core/volume-driver-validation.ts';

const maxNodeIdBytes = 256;

export const CSINode = defineKind<CSINodeType>({
  ...generatedKind('storage.k8s.io', 'v1', 'CSINode'),
  columns: [nameColumn, { name: 'Drivers', type: 'integer', cell: (node) => driversOf(node).length }, ageColumn],
  strategy: {
    unconditionalUpdate: false,
    validate: (node) => driversOf(node).flatMap((driver, i, all) => validateDriver(driver, all.slice(0, i), `spec.drivers[${i}]`)),
    validateUpdate: validateDriversUnchanged,
  },
});

const driversOf = ({ spec }: CSINodeType): readonly CSINodeDriver[] => spec.drivers ?? [];

function validateDriver(driver: CSINodeDriver, earlier: readonly CSINodeDriver[], path: string): FieldError[] {
  const problems = [...validateCsiDriverName(driver.name, `${path}.name`), ...validateNodeId(driver.nodeID, `${path}.nodeID`)];
  if (driver.allocatable?.count !== undefined) problems.push(...validateNonNegative(driver.allocatable.count, `${path}.allocatable.count`));
  if (earlier.some(({ name }) => name === driver.name)) problems.push(duplicate(`${path}.name`, driver.name));
  const keys = driver.topologyKeys ?? [];
  // Upstream puts the keys' problems on the driver itself.
  keys.forEach((key, i) => {
    if (key === '') problems.push(required(path));
    if (keys.indexOf(key) < i) problems.push(duplicate(path, key));
    problems.push(...validateText(key, path, qualifiedName));
  });
  return problems;
}

function validateNodeId(nodeId: string, path: string): FieldError[] {
  if (!nodeId) return [required(path)];
  return utf8Length(nodeId) > maxNodeIdBytes ? [invalid(path, nodeId, `must be ${maxNodeIdBytes} characters or less`)] : [];
}

/** Drivers come and go; of one that stays, only how many volumes it can attach may change. */
function validateDriversUnchanged(node: CSINodeType, old: CSINodeType): FieldError[] {
  return driversOf(old).flatMap((before) =>
    driversOf(node)
      .filter(({ name }) => name === before.name)
      .flatMap((driver) => validateImmutable(withoutAllocatable(driver), withoutAllocatable(before), 'spec.drivers')),
  );
}

function withoutAllocatable(driver: CSINodeDriver): Omit<CSINodeDriver, 'allocatable'> {
  const { allocatable: _mayChange, ...rest } = driver;
  return rest;
}
