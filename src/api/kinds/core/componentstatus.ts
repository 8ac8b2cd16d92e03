import type { ComponentStatus as ComponentStatusType } from '../../generated/core/v1.ts';
import { defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';

/** Never stored: the API server makes them when asked. */
export const ComponentStatus = defineKind<ComponentStatusType>({
  ...generatedKind('', 'v1', 'ComponentStatus'),
  shortNames: ['cs'],
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', cell: statusText },
    { name: 'Message', type: 'string', cell: (component) => health(component)?.message ?? '' },
    { name: 'Error', type: 'string', cell: (component) => health(component)?.error ?? '' },
  ],
});

const health = (component: ComponentStatusType) => component.conditions?.find(({ type }) => type === 'Healthy');

function statusText(component: ComponentStatusType): string {
  const condition = health(component);
  if (!condition) return 'Unknown';
  return condition.status === 'True' ? 'Healthy' : 'Unhealthy';
}
