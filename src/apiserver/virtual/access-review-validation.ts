import { forbidden, invalid, required, type FieldError } from '../../api/field-error.ts';
import type {
  FieldSelectorAttributes,
  LabelSelectorAttributes,
  LocalSubjectAccessReview,
  ResourceAttributes,
  SelfSubjectAccessReviewSpec,
  SubjectAccessReview,
  SubjectAccessReviewSpec,
} from '../../api/generated/authorization/v1.ts';
import type { KubeObject } from '../../api/meta.ts';
import { labelValue } from '../../api/validation/names.ts';
import { validateLabelName } from '../../api/validation/label-selector.ts';

// Source: Kubernetes' pkg/apis/authorization/validation.

export const validateSelfReview = (review: KubeObject & { readonly spec: SelfSubjectAccessReviewSpec }): FieldError[] => [
  ...validateAttributes(review.spec),
  ...validateEmptyMetadata(review, 'must be empty'),
];

export const validateReview = (review: SubjectAccessReview): FieldError[] => [
  ...validateSpec(review.spec),
  ...validateEmptyMetadata(review, 'must be empty'),
];

export function validateLocalReview(review: LocalSubjectAccessReview): FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = review.spec;
  const { namespace = '' } = review.metadata;
  const problems = [...validateSpec(review.spec), ...validateEmptyMetadata(review, 'must be empty except for namespace', 'namespace')];
  if (resourceAttributes && (resourceAttributes.namespace ?? '') !== namespace) {
    problems.push(invalid('spec.resourceAttributes.namespace', resourceAttributes.namespace ?? '', 'must match metadata.namespace'));
  }
  if (nonResourceAttributes) {
    problems.push(invalid('spec.nonResourceAttributes', nonResourceAttributes, 'disallowed on this kind of request'));
  }
  return problems;
}

function validateSpec(spec: SubjectAccessReviewSpec): FieldError[] {
  const { user = '', groups = [] } = spec;
  const [oneOf, selectors] = [validateOneOf(spec), validateSelectors(spec.resourceAttributes)];
  if (user !== '' || groups.length > 0) return [...oneOf, ...selectors];
  return [...oneOf, invalid('spec.user', user, 'at least one of user or group must be specified'), ...selectors];
}

const validateAttributes = (spec: SelfSubjectAccessReviewSpec) => [...validateOneOf(spec), ...validateSelectors(spec.resourceAttributes)];

function validateOneOf({ resourceAttributes, nonResourceAttributes }: SelfSubjectAccessReviewSpec): FieldError[] {
  if (resourceAttributes && nonResourceAttributes) {
    const detail = 'cannot be specified in combination with resourceAttributes';
    return [invalid('spec.nonResourceAttributes', nonResourceAttributes, detail)];
  }
  if (resourceAttributes || nonResourceAttributes) return [];
  const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  return [invalid('spec.resourceAttributes', null, detail)];
}

function validateEmptyMetadata({ metadata }: KubeObject, detail: string, ...allowed: readonly string[]): FieldError[] {
  const present = Object.entries(metadata).filter(([field, value]) => {
    return value !== undefined && value !== null && field !== 'managedFields' && !allowed.includes(field);
  });
  return present.length === 0 ? [] : [invalid('metadata', metadata, detail)];
}

function validateSelectors(attributes: ResourceAttributes | undefined): FieldError[] {
  if (!attributes) return [];
  const path = 'spec.resourceAttributes';
  return [
    ...validateFieldSelector(attributes.fieldSelector, `${path}.fieldSelector`),
    ...validateLabelSelector(attributes.labelSelector, `${path}.labelSelector`),
  ];
}

function validateFieldSelector(selector: FieldSelectorAttributes | undefined, path: string): FieldError[] {
  const requirements = selector?.requirements ?? [];
  return [
    ...validateForm(selector, path),
    ...requirements.flatMap(({ key, operator, values = [] }, i) => [
      ...(key ? [] : [required(`${path}.requirements[${i}].key`, 'must be specified')]),
      ...validateValues(operator, values, `${path}.requirements[${i}]`),
    ]),
  ];
}

function validateLabelSelector(selector: LabelSelectorAttributes | undefined, path: string): FieldError[] {
  const requirements = selector?.requirements ?? [];
  return [
    ...validateForm(selector, path),
    ...requirements.flatMap(({ key, operator, values = [] }, i) => [
      ...validateValues(operator, values, `${path}.requirements[${i}]`),
      ...validateLabelName(key, `${path}.requirements[${i}].key`),
      ...values.flatMap((value, at) =>
        labelValue(value).map((problem) => invalid(`${path}.requirements[${i}].values[${at}]`, value, problem)),
      ),
    ]),
  ];
}

function validateForm(selector: FieldSelectorAttributes | LabelSelectorAttributes | undefined, path: string): FieldError[] {
  if (!selector) return [];
  const { rawSelector = '', requirements = [] } = selector;
  if (rawSelector !== '' && requirements.length > 0) {
    return [invalid(`${path}.rawSelector`, rawSelector, 'may not specified at the same time as requirements')];
  }
  if (rawSelector !== '' || requirements.length > 0) return [];
  return [required(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`)];
}

/** Operators that are not known may be a newer client's, and pass. */
function validateValues(operator: string, values: readonly string[], path: string): FieldError[] {
  const takesValues = operator === 'In' || operator === 'NotIn';
  const takesNone = operator === 'Exists' || operator === 'DoesNotExist';
  if (takesValues && values.length === 0) return [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
  if (takesNone && values.length > 0) {
    return [forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
  }
  return [];
}
