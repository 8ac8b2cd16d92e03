import type { Deployment, ReplicaSet } from '../../api/generated/apps/v1.ts';
import type { KubeObject } from '../../api/meta.ts';
import { limitsOf } from './limits.ts';

// Source: pkg/controller/deployment/util/deployment_util.go. kubectl's `rollout history` and `undo` read these.

/** Counts the Deployment's templates; on a ReplicaSet the last one it stood for, on the Deployment the one of now. */
export const revisionAnnotation = 'deployment.kubernetes.io/revision';
/** Earlier revisions of a ReplicaSet that was rolled back to, with commas between. */
const historyAnnotation = 'deployment.kubernetes.io/revision-history';
/** The Deployment's size when the ReplicaSet was last sized: another one means that the Deployment was scaled. */
const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
/** The same with surge: what the ReplicaSet's size is a share of. */
const maxAnnotation = 'deployment.kubernetes.io/max-replicas';

/** The Deployment's own business, which its ReplicaSets do not get. */
const notCopied: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maxAnnotation,
  'deprecated.deployment.rollback.to',
]);

const historyLimitChars = 2000;

type Annotations = Readonly<Record<string, string>>;

/** 0 without the annotation; undefined where it is no number of 64 bits. */
export const revisionOf = ({ metadata }: KubeObject): bigint | undefined => revisionIn(metadata.annotations?.[revisionAnnotation] ?? '0');

export function nextRevision(old: readonly ReplicaSet[]): bigint {
  let highest = 0n;
  for (const one of old) highest = bigger(highest, revisionOf(one) ?? 0n);
  return highest + 1n;
}

const bigger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

function revisionIn(text: string): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const revision = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, revision) === revision ? revision : undefined;
}

export const desiredReplicasOf = ({ metadata }: ReplicaSet): number | undefined => wholeNumber(metadata.annotations?.[desiredAnnotation]);
export const maxReplicasOf = ({ metadata }: ReplicaSet): number | undefined => wholeNumber(metadata.annotations?.[maxAnnotation]);

/** What a ReplicaSet is told of the Deployment's size whenever it gets one. */
export function sizeAnnotations(deployment: Deployment): Annotations {
  const { desired, maxSurge } = limitsOf(deployment);
  return { [desiredAnnotation]: String(desired), [maxAnnotation]: String(desired + maxSurge) };
}

/**
 * The annotations of the current ReplicaSet: the Deployment's, and the revision. A ReplicaSet that
 * comes back gets a new, higher revision and remembers those it had. A revision is never lowered; one
 * that is no number is left alone with all the rest.
 */
export function currentAnnotations(deployment: Deployment, annotations: Annotations = {}, revision: bigint): Annotations {
  const before = annotations[revisionAnnotation];
  const had = revisionIn(before || '0');
  if (had === undefined) return annotations;
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !notCopied.has(name));
  const next = { ...annotations, ...Object.fromEntries(copied) };
  if (had >= revision) return next;
  const history = before === undefined ? undefined : extendedHistory(annotations[historyAnnotation] ?? '', before);
  return { ...next, [revisionAnnotation]: String(revision), ...(history !== undefined && { [historyAnnotation]: history }) };
}

/** The oldest revisions go when it gets too long. */
function extendedHistory(history: string, revision: string): string {
  if (history === '') return revision;
  const revisions = [...history.split(','), revision];
  while (revisions.length > 1 && revisions.join(',').length > historyLimitChars) revisions.shift();
  return revisions.join(',');
}

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
