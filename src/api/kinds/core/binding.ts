import { notSupported, required, type FieldError } from '../../field-error.ts';
import type { Binding as BindingType } from '../../generated/core/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';

/** A scheduler's word that a pod goes to a node. Only created, and never stored: the pod is changed instead. */
export const Binding = defineKind<BindingType>({
  ...generatedKind('', 'v1', 'Binding'),
  strategy: { validate: validateBinding },
});

function validateBinding({ target }: BindingType): FieldError[] {
  const problems: FieldError[] = [];
  if (target.kind && target.kind !== 'Node') problems.push(notSupported('target.kind', target.kind, ['Node', '<empty>']));
  if (!target.name) problems.push(required('target.name'));
  return problems;
}
