import type { Draft } from '../../../api/draft.ts';
import type { Pod } from '../../../api/generated/core/v1.ts';
import type { PriorityClass as PriorityClassType } from '../../../api/generated/scheduling/v1.ts';
import { PriorityClass } from '../../../api/kinds/scheduling/priorityclass.ts';
import type { AdmissionPlugin, AdmissionRequest, ObjectReader } from '../../ports.ts';
import { isAbout, refused } from '../request.ts';

/** Turns the name of a PriorityClass into a number. Source: Kubernetes' plugin/pkg/admission/priority. */
export const priorityAdmission = (reader: ObjectReader): AdmissionPlugin => ({
  name: 'Priority',
  async mutate(request) {
    if (!isAbout(request, '', 'pods')) return;
    if (request.operation === 'CREATE') await setPriority(reader, request);
    else if (request.operation === 'UPDATE') keepPriority(request.object as Draft<Pod>, request.old as Pod);
  },
  async validate(request) {
    if (!isAbout(request, 'scheduling.k8s.io', 'priorityclasses')) return;
    if (request.operation !== 'CREATE' && request.operation !== 'UPDATE') return;
    const { globalDefault, metadata } = request.object as PriorityClassType;
    const other = globalDefault ? await defaultClass(reader) : undefined;
    if (other && (request.operation === 'CREATE' || other.metadata.name !== metadata.name)) {
      throw refused(request, `PriorityClass ${other.metadata.name ?? ''} is already marked as default. Only one default can exist`);
    }
  },
});

/** A client that does not know the fields must not clear them. */
function keepPriority({ spec }: Draft<Pod>, old: Pod): void {
  if (old.spec.priority !== undefined) spec.priority ??= old.spec.priority;
  if (old.spec.preemptionPolicy !== undefined) spec.preemptionPolicy ??= old.spec.preemptionPolicy;
}

async function setPriority(reader: ObjectReader, request: AdmissionRequest): Promise<void> {
  const { spec } = request.object as Draft<Pod>;
  const found = spec.priorityClassName ? await namedClass(reader, request, spec.priorityClassName) : await defaultClass(reader);
  const priority = found?.value ?? 0;
  const preemptionPolicy = found ? found.preemptionPolicy : 'PreemptLowerPriority';
  const computed = (value: number | string) =>
    `must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
  if (spec.priority !== undefined && spec.priority !== priority) {
    throw refused(request, `the integer value of priority (${spec.priority}) ${computed(priority)}`);
  }
  if (found) spec.priorityClassName = found.metadata.name;
  spec.priority = priority;
  if (preemptionPolicy === undefined) return;
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy) {
    throw refused(request, `the string value of PreemptionPolicy (${spec.preemptionPolicy}) ${computed(preemptionPolicy)}`);
  }
  spec.preemptionPolicy = preemptionPolicy;
}

async function namedClass(reader: ObjectReader, request: AdmissionRequest, name: string): Promise<PriorityClassType> {
  const found = await reader.get(PriorityClass, undefined, name);
  if (!found) throw refused(request, `no PriorityClass with name ${name} was found`);
  return found;
}

/** Where there is more than one, the one that gives least. */
async function defaultClass(reader: ObjectReader): Promise<PriorityClassType | undefined> {
  const defaults = (await reader.list(PriorityClass)).filter(({ globalDefault }) => globalDefault);
  return defaults.reduce<PriorityClassType | undefined>(
    (least, one) => (least && (least.value ?? 0) <= (one.value ?? 0) ? least : one),
    undefined,
  );
}
