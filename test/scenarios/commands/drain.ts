import { isNotFound, isReason } from '../../../src/api/errors.ts';
import type { Pod as PodType } from '../../../src/api/generated/core/v1.ts';
import { DaemonSet } from '../../../src/api/kinds/apps/daemonset.ts';
import { Pod } from '../../../src/api/kinds/core/pod.ts';
import { isFinished } from '../../../src/api/pods/pod-state.ts';
import { refOf } from '../../../src/client/typed-client.ts';
import { UsageError, type Arguments } from '../arguments.ts';
import type { Command, Print } from '../command.ts';
import type { Session } from '../session.ts';
import { setUnschedulable } from './cordon.ts';

/** Cordons, then evicts what is there, each pod again every 5 s while a budget forbids it: kubectl's own way, and its lines. */
export const drain: Command = {
  name: 'drain',
  usage: 'drain NODE [--ignore-daemonsets] [--delete-emptydir-data] [--force] [--timeout=DURATION] [&]',
  flags: { '--ignore-daemonsets': 'switch', '--delete-emptydir-data': 'switch', '--force': 'switch', '--timeout': 'value' },
  background: true,
  async run(session, given, _input, print) {
    const name = given.one();
    await session.during(draining(session, name, given, print));
  },
};

async function draining(session: Session, name: string, given: Arguments, print: Print): Promise<void> {
  const sorted = async () => {
    const { items } = await session.client.list<PodType>(Pod, {}, { fieldSelector: `spec.nodeName=${name}` });
    return sortOut(session, items, (flag) => given.has(flag));
  };
  await setUnschedulable(session, name, true, print);
  const { ignored, toEvict, ...inTheWay } = await sorted();
  const problems = problemsOf(inTheWay);
  if (problems.length > 0) throw givenUp(name, problems, print);
  if (ignored.length > 0) print(`Warning: ignoring DaemonSet-managed Pods: ${namesOf(ignored)}`);
  const timeoutMs = given.durationMs('--timeout', 0);
  const limit = { endMs: timeoutMs > 0 ? session.now() + timeoutMs : Infinity, text: given.flag('--timeout') ?? '' };
  const failures = (await Promise.all(toEvict.map((pod) => evict(session, pod, limit, print)))).filter((line) => line !== '');
  if (failures.length === 0) return print(`node/${name} drained`);
  print(`There are pending pods in node "${name}" when an error occurred: ${oneOrSeveral(failures)}`);
  for (const { metadata } of (await sorted()).toEvict) print(`pod/${metadata.name}`);
  throw givenUp(name, failures, print);
}

/** What kubectl says at the end, where it would have gone on with the next node. */
function givenUp(node: string, errors: readonly string[], print: Print): UsageError {
  print(`error: unable to drain node "${node}" due to error: ${oneOrSeveral(errors)}, continuing command...`);
  print('There are pending nodes to be drained:');
  print(` ${node}`);
  return new UsageError(errors.join('\n'));
}

interface Sorted extends InTheWay {
  readonly toEvict: readonly PodType[];
  readonly ignored: readonly PodType[];
}

interface InTheWay {
  readonly ofDaemonSets: readonly PodType[];
  readonly withLocalData: readonly PodType[];
  readonly unmanaged: readonly PodType[];
}

/** kubectl's filters: finished pods go always, those of DaemonSets are left or in the way, local data and lonely pods need a flag. */
async function sortOut({ client }: Session, pods: readonly PodType[], has: (flag: string) => boolean): Promise<Sorted> {
  const sorted = {
    toEvict: [] as PodType[],
    ignored: [] as PodType[],
    ofDaemonSets: [] as PodType[],
    withLocalData: [] as PodType[],
    unmanaged: [] as PodType[],
  };
  for (const pod of pods) {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller);
    const at = { namespace: pod.metadata.namespace ?? '', name: owner?.name ?? '' };
    const ofDaemonSet =
      owner?.kind === 'DaemonSet' && !isFinished(pod) && (await client.get(DaemonSet, at).catch(() => undefined)) !== undefined;
    const localData = !isFinished(pod) && pod.spec.volumes?.some(({ emptyDir }) => emptyDir !== undefined);
    if (ofDaemonSet) (has('--ignore-daemonsets') ? sorted.ignored : sorted.ofDaemonSets).push(pod);
    else if (localData && !has('--delete-emptydir-data')) sorted.withLocalData.push(pod);
    else if (!owner && !isFinished(pod) && !has('--force')) sorted.unmanaged.push(pod);
    else sorted.toEvict.push(pod);
  }
  return sorted;
}

function problemsOf({ ofDaemonSets, withLocalData, unmanaged }: InTheWay): string[] {
  const lines: string[] = [];
  if (ofDaemonSets.length > 0)
    lines.push(`cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ${namesOf(ofDaemonSets)}`);
  if (withLocalData.length > 0)
    lines.push(`cannot delete Pods with local storage (use --delete-emptydir-data to override): ${namesOf(withLocalData)}`);
  if (unmanaged.length > 0)
    lines.push(`cannot delete cannot delete Pods that declare no controller (use --force to override): ${namesOf(unmanaged)}`);
  return lines;
}

const namesOf = (pods: readonly PodType[]): string => pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).join(', ');
const oneOrSeveral = (errors: readonly string[]): string => (errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`);

/** Answers what went wrong; '' for nothing. */
async function evict(
  session: Session,
  pod: PodType,
  limit: { readonly endMs: number; readonly text: string },
  print: Print,
): Promise<string> {
  const { namespace = '', name = '', uid } = pod.metadata;
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } };
  for (;;) {
    print(`evicting pod ${namespace}/${name}`);
    if (session.now() >= limit.endMs) return `error when evicting pods/"${name}" -n "${namespace}": global timeout reached: ${limit.text}`;
    try {
      await session.client.createSub({ ...refOf(Pod, { namespace, name }), subresource: 'eviction' }, eviction);
      break;
    } catch (error) {
      if (isNotFound(error)) return '';
      if (!isReason(error, 'TooManyRequests')) throw error;
      print(`error when evicting pods/"${name}" -n "${namespace}" (will retry after 5s): ${error.message}`);
      await session.sleep(5000);
    }
  }
  for (;;) {
    const found = await session.client.get<PodType>(Pod, { namespace, name }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
    if (found?.metadata.uid !== uid) break;
    if (session.now() >= limit.endMs)
      return `error when waiting for pod "${name}" in namespace "${namespace}" to terminate: global timeout reached: ${limit.text}`;
    await session.sleep(1000);
  }
  print(`pod/${name} evicted`);
  return '';
}
