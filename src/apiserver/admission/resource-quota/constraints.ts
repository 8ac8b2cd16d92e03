import type { Container, Pod } from '../../../api/generated/core/v1.ts';

const computeResources: ReadonlySet<string> = new Set(
  ['cpu', 'memory', 'ephemeral-storage'].flatMap((one) => [one, `requests.${one}`, `limits.${one}`]),
);

/**
 * A quota on CPU, memory or storage wants each container to say what it takes: `limits.cpu for:
 * app; requests.memory for: app,db`. '' when all have. Ephemeral storage is upstream's exception.
 */
export function missingConstraints(limited: readonly string[], { spec }: Pod): string {
  const required = limited.filter((name) => computeResources.has(name) && !name.endsWith('ephemeral-storage')).sort();
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  return required
    .flatMap((name) => {
      if (isSaidByPod(name, spec)) return [];
      const without = containers.filter((container) => !says(container, name)).map((container) => container.name);
      return without.length === 0 ? [] : [`${name} for: ${[...new Set(without)].sort().join(',')}`];
    })
    .join('; ');
}

const isSaidByPod = (name: string, { resources }: Pod['spec']): boolean => amountOf(name, resources) !== undefined;
const says = ({ resources }: Container, name: string): boolean => amountOf(name, resources) !== undefined;

function amountOf(
  name: string,
  resources: Pick<NonNullable<Container['resources']>, 'requests' | 'limits'> | undefined,
): string | undefined {
  if (name.startsWith('limits.')) return resources?.limits?.[name.slice('limits.'.length)];
  return resources?.requests?.[name.replace(/^requests\./, '')];
}
