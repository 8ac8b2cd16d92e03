/** The old way to name a storage class, of volumes and claims. */
export const storageClassAnnotation = 'volume.beta.kubernetes.io/storage-class';

interface Classed {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly storageClassName?: string };
}

/** The class of a volume or claim; the annotation wins. */
export const storageClassOf = ({ metadata, spec }: Classed): string =>
  metadata.annotations?.[storageClassAnnotation] ?? spec.storageClassName ?? '';

export const classAnnotationWarnings = ({ metadata }: Classed): string[] =>
  metadata.annotations?.[storageClassAnnotation] === undefined
    ? []
    : [`metadata.annotations[${storageClassAnnotation}]: deprecated since v1.8; use "storageClassName" attribute instead`];

const abbreviations: readonly (readonly [mode: string, shown: string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

/** `RWO,ROX`: in a fixed order, each once. */
export const accessModesText = (modes: readonly string[] | undefined): string =>
  abbreviations
    .filter(([mode]) => modes?.includes(mode))
    .map(([, shown]) => shown)
    .join(',');
