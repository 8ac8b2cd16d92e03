import type { KubeObject } from './meta.ts';

/** The class that is marked as default by one of the annotations: the newest, and of those the first by name. */
export function defaultClassOf<O extends KubeObject>(classes: readonly O[], annotations: readonly string[]): O | undefined {
  const isDefault = ({ metadata }: O) => annotations.some((annotation) => metadata.annotations?.[annotation] === 'true');
  const newestFirst = (one: O, other: O) =>
    compareText(other.metadata.creationTimestamp ?? '', one.metadata.creationTimestamp ?? '') ||
    compareText(one.metadata.name ?? '', other.metadata.name ?? '');
  return classes.filter(isDefault).toSorted(newestFirst)[0];
}

const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** How a StorageClass says that it is the default one. */
export const defaultStorageClassMarks: readonly string[] = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];
