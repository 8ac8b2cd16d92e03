import { invalid, required, type FieldError } from '../../field-error.ts';
import type { CustomResourceDefinition } from '../../generated/apiextensions/v1.ts';

const annotation = 'api-approved.kubernetes.io';
const path = `metadata.annotations[${annotation}]`;
const see = 'see https://github.com/kubernetes/enhancements/pull/1111';

type Approval = 'missing' | 'bypassed' | 'approved' | 'invalid';

/** Groups of Kubernetes' own domains need its community's word: a link, or a reason that begins with `unapproved`. */
export function validateApproval(next: CustomResourceDefinition, old?: CustomResourceDefinition): FieldError[] {
  if (!isProtected(next)) return [];
  const approval = approvalOf(next);
  if (old && approvalOf(old) === approval) return [];
  if (approval === 'missing') return [required(path, `${demand}, ${see}`)];
  if (approval !== 'invalid') return [];
  return [
    invalid(path, next.metadata.annotations?.[annotation], `${demand} with either a URL or a reason starting with "unapproved", ${see}`),
  ];
}

const demand = `protected groups must have approval annotation ${JSON.stringify(annotation)}`;
const isProtected = ({ spec }: CustomResourceDefinition): boolean => /(^|\.)(k8s|kubernetes)\.io$/.test(spec.group ?? '');

/** What the status says about it; undefined for groups that need nobody's word. */
export function approvalCondition(
  crd: CustomResourceDefinition,
): { type: string; status: string; reason: string; message: string } | undefined {
  if (!isProtected(crd)) return undefined;
  const text = crd.metadata.annotations?.[annotation] ?? '';
  const said = (status: string, reason: string, message: string) => ({
    type: 'KubernetesAPIApprovalPolicyConformant',
    status,
    reason,
    message,
  });
  switch (approvalOf(crd)) {
    case 'approved':
      return said('True', 'ApprovedAnnotation', `approved in ${text}`);
    case 'bypassed':
      return said('False', 'UnapprovedAnnotation', `not approved: ${JSON.stringify(text)}`);
    case 'missing':
      return said('False', 'MissingAnnotation', `${demand}, ${see}`);
    case 'invalid':
      return said('False', 'InvalidAnnotation', `${demand} with either a URL or a reason starting with "unapproved", ${see}`);
  }
}

function approvalOf({ metadata }: CustomResourceDefinition): Approval {
  const text = metadata.annotations?.[annotation] ?? '';
  if (text === '') return 'missing';
  if (text.startsWith('unapproved')) return 'bypassed';
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]+/.test(text) ? 'approved' : 'invalid';
}
