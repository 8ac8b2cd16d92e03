import { sleep } from '../../base/clock.ts';
import type { Env } from '../../base/env.ts';
import type { CustomResourceDefinition as Definition } from '../../api/generated/apiextensions/v1.ts';
import { cleanupFinalizer, CustomResourceDefinition } from '../../api/kinds/apiextensions/customresourcedefinition.ts';
import { isTrue } from '../../api/kinds/conditions.ts';
import { defineController, type Context, type Controller } from '../../client/controller.ts';
import { withCondition, type Condition } from './conditions.ts';
import { writeStatus } from './status.ts';

/** The objects of one definition, wherever they are and whichever of its versions are served. Rejects with ApiError. */
export interface CustomInstances {
  count(crd: Definition): Promise<number>;
  /** Asks for the deletion of all; those with finalizers stay until these are gone. */
  deleteAll(crd: Definition): Promise<void>;
}

const pollMs = 5000;
const patienceMs = 60_000;

/**
 * Deletes the objects of a definition that is going, waits until they are gone, and lets it go.
 * Source: apiextensions' finalizing controller.
 */
export function finalizingController(instances: CustomInstances): Controller {
  return defineController({
    name: 'CRDFinalizer',
    for: CustomResourceDefinition,
    async reconcile(crd, context) {
      if (!crd.metadata.deletionTimestamp || !crd.metadata.finalizers?.includes(cleanupFinalizer)) return;
      const { client, env } = context;
      const begun = await writeStatus(client, withCondition(crd, inProgress, env.clock.now()));
      if (!begun) return;
      const { condition, failure } = await cleanUp(begun, instances, context);
      const told = withCondition(begun, condition, env.clock.now());
      if (failure) {
        await writeStatus(client, told);
        throw failure;
      }
      const finalizers = begun.metadata.finalizers?.filter((finalizer) => finalizer !== cleanupFinalizer);
      await writeStatus(client, { ...told, metadata: { ...told.metadata, finalizers } });
    },
  });
}

interface Outcome {
  readonly condition: Condition;
  /** To be tried again. */
  readonly failure?: Error;
}

async function cleanUp(crd: Definition, instances: CustomInstances, { env }: Context): Promise<Outcome> {
  if (!isTrue(crd.status?.conditions, 'Established'))
    return { condition: terminated('NeverEstablished', 'resource was never established') };
  try {
    await instances.deleteAll(crd);
  } catch (error) {
    return failed('InstanceDeletionFailed', 'could not issue all deletes', error);
  }
  try {
    if (await goneInTime(crd, instances, env)) return { condition: terminated('InstanceDeletionCompleted', 'removed all instances') };
    throw new Error('context deadline exceeded');
  } catch (error) {
    return failed('InstanceDeletionCheck', 'could not confirm zero CustomResources remaining', error);
  }
}

async function goneInTime(crd: Definition, instances: CustomInstances, { clock, signal }: Env): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
    if ((await instances.count(crd)) === 0) return true;
    await sleep(clock, pollMs, signal);
    if (signal.aborted) return false;
  }
  return false;
}

const terminating = (status: string, reason: string, message: string): Condition => ({ type: 'Terminating', status, reason, message });
const terminated = (reason: string, message: string): Condition => terminating('False', reason, message);
const inProgress = terminating('True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress');

function failed(reason: string, what: string, error: unknown): Outcome {
  const failure = error instanceof Error ? error : new Error(String(error));
  return { condition: terminating('True', reason, `${what}: ${failure.message}`), failure };
}
