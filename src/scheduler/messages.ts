import type { FailedNodes } from './framework.ts';

/** What a pod's condition says when there is no node at all. */
export const noNodesMessage = 'no nodes available to schedule pods';

/** Why a pod fits no node, as its condition and its event say it. */
export interface FitFailure {
  readonly nodeCount: number;
  readonly failed: FailedNodes;
  /** Of a `preFilter` that turned the pod away, in place of the nodes' reasons. */
  readonly preFilterMessage?: string;
  readonly postFilterMessage?: string;
}

/**
 * `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had …. preemption: …`. Reasons stand in the
 * order of their text, count in front. Source: kube-scheduler's FitError.
 */
export function fitFailureMessage({ nodeCount, failed, preFilterMessage = '', postFilterMessage = '' }: FitFailure): string {
  const why = preFilterMessage === '' ? countedReasons(failed, nodeCount).join(', ') : preFilterMessage;
  return `0/${nodeCount} nodes are available:${why && ` ${why}.`}${postFilterMessage && ` ${postFilterMessage}`}`;
}

function countedReasons({ named, others }: FailedNodes, nodeCount: number): string[] {
  const counts = new Map<string, number>();
  const count = (reason: string, nodes: number): void => void counts.set(reason, (counts.get(reason) ?? 0) + nodes);
  for (const { rejection } of named.values()) for (const reason of rejection.reasons) count(reason, 1);
  if (named.size < nodeCount) for (const reason of others?.rejection.reasons ?? []) count(reason, nodeCount - named.size);
  return Array.from(counts, ([reason, nodes]) => `${nodes} ${reason}`).sort();
}

const longestNote = 1024;

/** Events take no longer notes. */
export function truncatedNote(message: string): string {
  const suffix = ' ...';
  return message.length <= longestNote ? message : message.slice(0, longestNote - suffix.length) + suffix;
}
