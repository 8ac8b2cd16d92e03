import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '../../api/generated/apiextensions/v1.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { conditionOf, type Condition } from './conditions.ts';

export interface Naming {
  readonly acceptedNames: CustomResourceDefinitionNames;
  readonly namesAccepted: Condition;
  readonly established: Condition;
}

/** The names that others of the group hold: resources share one space, kinds another. */
interface Taken {
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

/**
 * Which of the names that a definition asks for it gets, given all definitions of its group (itself
 * among them): those that are its own already, and those that are free. Source: the naming
 * controller of apiextensions.
 */
export function decideNames(crd: CustomResourceDefinition, group: readonly CustomResourceDefinition[]): Naming {
  const wanted = crd.spec.names;
  const had = crd.status?.acceptedNames ?? { kind: '', plural: '' };
  const { resources, kinds } = takenIn(group);
  const accepted = { ...had };
  let conflict: Condition | undefined;
  const settle = (name: 'plural' | 'singular' | 'kind' | 'listKind', reason: string, taken: ReadonlySet<string>) => {
    const asked = wanted[name] ?? '';
    if (asked !== (had[name] ?? '') && taken.has(asked)) conflict = refusal(reason, inUse(asked));
    else accepted[name] = asked;
  };
  settle('plural', 'PluralConflict', resources);
  settle('singular', 'SingularConflict', resources);
  if (!semanticallyEqual(wanted.shortNames, had.shortNames)) {
    const clashes = (wanted.shortNames ?? []).filter((name) => !had.shortNames?.includes(name) && resources.has(name));
    if (clashes.length > 0) conflict = refusal('ShortNamesConflict', aggregate(clashes.map(inUse)));
    else accepted.shortNames = wanted.shortNames;
  }
  settle('kind', 'KindConflict', kinds);
  settle('listKind', 'ListKindConflict', kinds);
  accepted.categories = wanted.categories;
  const namesAccepted = conflict ?? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  return { acceptedNames: accepted, namesAccepted, established: establishedFor(crd, namesAccepted) };
}

function takenIn(group: readonly CustomResourceDefinition[]): Taken {
  const names = group.flatMap(({ status }) => (status?.acceptedNames ? [status.acceptedNames] : []));
  return {
    resources: new Set(names.flatMap(({ plural, singular = '', shortNames = [] }) => [plural, singular, ...shortNames])),
    kinds: new Set(names.flatMap(({ kind, listKind = '' }) => [kind, listKind])),
  };
}

const inUse = (name: string): string => `${JSON.stringify(name)} is already in use`;
const refusal = (reason: string, message: string): Condition => ({ type: 'NamesAccepted', status: 'False', reason, message });
/** As Go's aggregate of errors is written. */
const aggregate = (messages: readonly string[]): string => (messages.length === 1 ? messages[0]! : `[${messages.join(', ')}]`);

/** Not yet at True: that comes once everybody has seen that the names are accepted. */
function establishedFor(crd: CustomResourceDefinition, namesAccepted: Condition): Condition {
  const known = conditionOf(crd, 'Established') ?? refused;
  return known.status !== 'True' && namesAccepted.status === 'True' ? installing : known;
}

const refused: Condition = { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
const installing: Condition = {
  type: 'Established',
  status: 'False',
  reason: 'Installing',
  message: 'the initial names have been accepted',
};
