import type { Chosen } from './cycle.ts';
import { textOf } from './filtering.ts';
import type { Rejection } from './framework.ts';
import type { Profile } from './profile.ts';

/** What made a binding fail: a plugin's verdict, or an error. */
export interface BindingFailure {
  readonly message: string;
  /** The plugin said that the pod cannot be there, which is no error. */
  readonly rejected: boolean;
}

/** Prepares and makes the binding; undefined when the pod is bound. Never throws. Source: kube-scheduler's bindingCycle. */
export async function bindPod(profile: Profile, { notes, pod, nodeName }: Chosen): Promise<BindingFailure | undefined> {
  for (const plugin of profile.preBind) {
    const failure = await attempt('PreBind', plugin.name, () => plugin.preBind(notes, pod, nodeName));
    if (failure && failure !== 'skipped') return failure;
  }
  for (const plugin of profile.bind) {
    const failure = await attempt('Bind', plugin.name, () => plugin.bind(notes, pod, nodeName));
    if (failure !== 'skipped') return failure;
  }
  return { message: 'no plugin binds the pod', rejected: false };
}

async function attempt(
  point: string,
  plugin: string,
  act: () => Promise<Rejection | undefined>,
): Promise<BindingFailure | 'skipped' | undefined> {
  const running = `running ${point} plugin ${JSON.stringify(plugin)}`;
  try {
    const verdict = await act();
    if (!verdict) return undefined;
    if (verdict.code === 'Skip') return 'skipped';
    const rejected = verdict.code !== 'Error';
    return { message: rejected ? textOf(verdict) : `${running}: ${textOf(verdict)}`, rejected };
  } catch (error) {
    return { message: `${running}: ${error instanceof Error ? error.message : String(error)}`, rejected: false };
  }
}
