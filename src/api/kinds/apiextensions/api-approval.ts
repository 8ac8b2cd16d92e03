import { invalid, required, type FieldError } from '../../field-error.ts';
import type { CustomResourceDefinition } from '../../generated/apiextensions/v1.ts';

const annotation = 'api-approved.kubernetes.io';
const path = `metadata.annotations[${annotation}]`;
const see = 'see https://github.com/kubernetes/enhancements/pull/1111';

type Approval = 'missing' | 'bypassed' | 'approved' | 'invalid';

/** Groups of Kubernetes' own domains need its community's word: a link, or a reason that begins with `unapproved`. */
export function validateApproval(next: CustomResourceDefinition, old?: CustomResourceDefinition): FieldError[] {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(next.spec.group ?? '')) return [];
  const approval = approvalOf(next);
  if (old && approvalOf(old) === approval) return [];
  const demand = `protected groups must have approval annotation ${JSON.stringify(annotation)}`;
  if (approval === 'missing') return [required(path, `${demand}, ${see}`)];
  if (approval !== 'invalid') return [];
  return [
    invalid(path, next.metadata.annotations?.[annotation], `${demand} with either a URL or a reason starting with "unapproved", ${see}`),
  ];
}

function approvalOf({ metadata }: CustomResourceDefinition): Approval {
  const text = metadata.annotations?.[annotation] ?? '';
  if (text === '') return 'missing';
  if (text.startsWith('unapproved')) return 'bypassed';
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]+/.test(text) ? 'approved' : 'invalid';
}
