import type { Draft } from '../../draft.ts';
import type { Device, ResourceSlice as ResourceSliceType } from '../../generated/resource/v1.ts';
import type { Device as OldDevice, ResourceSlice as OldResourceSlice } from '../../generated/resource/v1beta1.ts';
import { ageColumn, defineKind, nameColumn, type Column, type WriteContext } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { storedAs } from '../stored-as.ts';
import { secondsText } from './device-names.ts';
import { validateSliceSpec } from './resource-slice-validation.ts';

const group = 'resource.k8s.io';
const stored = { group, version: 'v1' };

type AnySlice = ResourceSliceType | OldResourceSlice;

const columns: readonly Column<AnySlice>[] = [
  nameColumn,
  { name: 'Node', type: 'string', cell: ({ spec }) => spec.nodeName ?? '' },
  { name: 'Driver', type: 'string', cell: ({ spec }) => spec.driver },
  { name: 'Pool', type: 'string', cell: ({ spec }) => spec.pool.name },
  ageColumn,
];

const common = {
  columns,
  selectableFields: {
    'spec.nodeName': ({ spec }: AnySlice) => spec.nodeName ?? '',
    'spec.driver': ({ spec }: AnySlice) => spec.driver,
  },
};

const strategy = {
  generationFields: ['spec'],
  prepareForCreate: ({ spec }: Draft<ResourceSliceType>, write: WriteContext) => timeTaints(spec.devices ?? [], write),
  prepareForUpdate: ({ spec }: Draft<ResourceSliceType>, _old: ResourceSliceType, write: WriteContext) =>
    timeTaints(spec.devices ?? [], write),
  validate: ({ spec }: ResourceSliceType) => validateSliceSpec(spec),
  validateUpdate: validateSliceUpdate,
};

export const ResourceSlice = defineKind<ResourceSliceType>({ ...generatedKind(group, 'v1', 'ResourceSlice'), ...common, strategy });

export const ResourceSliceV1Beta2 = defineKind<ResourceSliceType>({
  ...generatedKind(group, 'v1beta2', 'ResourceSlice'),
  ...common,
  storage: storedAs({ group, version: 'v1beta2' }, stored),
  strategy,
});

export const ResourceSliceV1Beta1 = defineKind<OldResourceSlice>({
  ...generatedKind(group, 'v1beta1', 'ResourceSlice'),
  ...common,
  storage: storedAs(
    { group, version: 'v1beta1' },
    stored,
    (object) => eachDevice((object as Draft<OldResourceSlice>).spec, ({ name, basic }) => ({ name, ...basic })),
    (object) => eachDevice((object as Draft<ResourceSliceType>).spec, ({ name, ...basic }) => ({ name, basic })),
  ),
  strategy: {
    generationFields: ['spec'],
    prepareForCreate: ({ spec }, write) => timeTaints(basicDevices(spec.devices), write),
    prepareForUpdate: ({ spec }, _old, write) => timeTaints(basicDevices(spec.devices), write),
    validate: ({ spec }) => validateSliceSpec({ ...spec, devices: (spec.devices ?? []).map(({ name, basic }) => ({ name, ...basic })) }),
    validateUpdate: validateSliceUpdate,
  },
});

function validateSliceUpdate(next: AnySlice, old: AnySlice) {
  return (['driver', 'nodeName'] as const)
    .flatMap((field) => validateImmutable(next.spec[field], old.spec[field], `spec.${field}`))
    .concat(validateImmutable(next.spec.pool.name, old.spec.pool.name, 'spec.pool.name'));
}

const basicDevices = (devices: Draft<readonly OldDevice[]> | undefined) => (devices ?? []).flatMap(({ basic }) => basic ?? []);

function eachDevice<Given>(spec: { devices?: Given[] }, change: (device: Given) => unknown): void {
  if (spec.devices) spec.devices = spec.devices.map(change) as Given[];
}

/** A taint whose time nobody gave began now. */
function timeTaints(devices: readonly Pick<Draft<Device>, 'taints'>[], { nowMs }: WriteContext): void {
  for (const { taints = [] } of devices) for (const taint of taints) taint.timeAdded ??= secondsText(nowMs);
}
