import type { User } from '../../api/call.ts';
import { badRequest, invalidObject } from '../../api/errors.ts';
import type { FieldError } from '../../api/field-error.ts';
import { parseFieldSelector, type FieldRequirement } from '../../api/field-selector.ts';
import type {
  FieldSelectorAttributes,
  LabelSelectorAttributes,
  LocalSubjectAccessReview,
  NonResourceAttributes,
  ResourceAttributes,
  SelfSubjectAccessReview,
  SubjectAccessReview,
  SubjectAccessReviewSpec,
  SubjectAccessReviewStatus,
} from '../../api/generated/authorization/v1.ts';
import { parseLabelSelector } from '../../api/label-selector.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Attributes, Authorizer, VirtualHandler } from '../ports.ts';
import { validateLocalReview, validateReview, validateSelfReview } from './access-review-validation.ts';

const group = 'authorization.k8s.io';

/** May that user do that? */
export function subjectAccessReview(authorizer: Authorizer): VirtualHandler {
  return async (_call, _context, object) => {
    const review = object as SubjectAccessReview;
    refuse('SubjectAccessReview', validateReview(review));
    return { ...review, status: await decide(authorizer, subjectOf(review.spec), review.spec) };
  };
}

/** May I do that? What `kubectl auth can-i` asks. */
export function selfSubjectAccessReview(authorizer: Authorizer): VirtualHandler {
  return async (_call, { user }, object) => {
    const review = object as SelfSubjectAccessReview;
    refuse('SelfSubjectAccessReview', validateSelfReview(review));
    return { ...review, status: await decide(authorizer, user, review.spec) };
  };
}

/** May that user do that in this namespace? */
export function localSubjectAccessReview(authorizer: Authorizer): VirtualHandler {
  return async ({ resource: { namespace = '' } }, _context, object) => {
    const review: LocalSubjectAccessReview = withNamespace(object as LocalSubjectAccessReview, namespace);
    refuse('LocalSubjectAccessReview', validateLocalReview(review));
    if (namespace === '') throw badRequest('namespace is required on this type: ');
    if (namespace !== review.metadata.namespace) {
      throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`);
    }
    return { ...review, status: await decide(authorizer, subjectOf(review.spec), review.spec) };
  };
}

/** A body that names no namespace means the one it is sent to. */
const withNamespace = <O extends KubeObject>(object: O, namespace: string): O =>
  object.metadata.namespace ? object : { ...object, metadata: { ...object.metadata, namespace } };

function refuse(kind: string, problems: readonly FieldError[]): void {
  if (problems.length > 0) throw invalidObject({ group, kind }, '', problems);
}

const subjectOf = ({ user = '', uid, groups = [], extra }: SubjectAccessReviewSpec): User => ({
  name: user,
  ...(uid && { uid }),
  groups,
  ...(extra && { extra }),
});

interface Question {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: NonResourceAttributes;
}

async function decide(authorizer: Authorizer, user: User, question: Question): Promise<SubjectAccessReviewStatus> {
  const { verdict, reason } = await authorizer.authorize(attributesOf(user, question));
  const evaluationError = selectorErrors(question.resourceAttributes).join('; ');
  return {
    allowed: verdict === 'allow',
    ...(verdict === 'deny' && { denied: true }),
    ...(reason !== '' && { reason }),
    ...(evaluationError !== '' && { evaluationError }),
  };
}

function attributesOf(user: User, { resourceAttributes, nonResourceAttributes }: Question): Attributes {
  if (!resourceAttributes) return { user, verb: nonResourceAttributes?.verb ?? '', path: nonResourceAttributes?.path ?? '' };
  const { group = '', version, resource = '', subresource, namespace, name, verb = '', fieldSelector } = resourceAttributes;
  const { requirements } = readFieldSelector(fieldSelector);
  return {
    user,
    verb,
    resource: {
      group,
      version: version || '*',
      resource,
      ...(subresource && { subresource }),
      ...(namespace && { namespace }),
      ...(name && { name }),
    },
    ...(requirements.length > 0 && { fieldSelector: requirements }),
  };
}

/** Leaving out a condition that is not understood makes the question wider, so the answer stays safe. */
function readFieldSelector(selector: FieldSelectorAttributes = {}): { requirements: FieldRequirement[]; isWhole: boolean } {
  const { rawSelector = '', requirements = [] } = selector;
  if (rawSelector !== '') {
    const parsed = attempt(() => parseFieldSelector(rawSelector));
    return { requirements: parsed ?? [], isWhole: parsed !== undefined };
  }
  const understood = requirements.flatMap(({ key, operator, values = [] }): FieldRequirement[] =>
    (operator === 'In' || operator === 'NotIn') && values.length === 1
      ? [{ field: key, operator: operator === 'In' ? '=' : '!=', value: values[0]! }]
      : [],
  );
  return { requirements: understood, isWhole: understood.length === requirements.length };
}

function selectorErrors(attributes: ResourceAttributes = {}): string[] {
  const fields = readFieldSelector(attributes.fieldSelector);
  const labels = readLabelSelector(attributes.labelSelector);
  return [
    ...(fields.isWhole ? [] : [ignored('fieldSelector', fields.requirements.length)]),
    ...(labels.isWhole ? [] : [ignored('labelSelector', labels.understood)]),
  ];
}

function readLabelSelector({ rawSelector = '', requirements = [] }: LabelSelectorAttributes = {}) {
  if (rawSelector !== '') return { understood: 0, isWhole: attempt(() => parseLabelSelector(rawSelector)) !== undefined };
  const understood = requirements.filter(({ operator }) => labelOperators.has(operator)).length;
  return { understood, isWhole: understood === requirements.length };
}

const labelOperators: ReadonlySet<string> = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

const ignored = (selector: string, understood: number) =>
  `spec.resourceAttributes.${selector} ${understood > 0 ? 'partially ' : ''}ignored due to parse error`;

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
