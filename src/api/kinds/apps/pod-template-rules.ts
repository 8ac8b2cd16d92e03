import type { Draft } from '../../draft.ts';
import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { PodTemplateSpec } from '../../generated/core/v1.ts';
import { matchesLabels, selectorOf } from '../../label-selector.ts';
import type { LabelRequirement } from '../../label-requirement.ts';
import type { LabelSelector } from '../../meta.ts';
import { validateLabelSelector } from '../../validation/label-selector.ts';
import { dns1123Label } from '../../validation/names.ts';
import { defaultPodSpec, validatePodTemplateSpec } from '../core/pod-template.ts';

/** The template of something that keeps its pods running: the owner's name stands in the sentences. */
export function validateLongRunningTemplate(template: PodTemplateSpec, owner: string, path: string): FieldError[] {
  return [...validatePodTemplateSpec(template, path), ...validateRestartsAlways(template, owner, path)];
}

export function validateRestartsAlways(template: PodTemplateSpec, owner: string, path: string): FieldError[] {
  const { restartPolicy = '', activeDeadlineSeconds } = template.spec ?? {};
  const problems: FieldError[] = [];
  if (restartPolicy !== 'Always') problems.push(notSupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always']));
  if (activeDeadlineSeconds !== undefined)
    problems.push(forbidden(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${owner} is not Supported`));
  return problems;
}

/** A selector that must be there and select something; `owner` in small letters, as upstream writes it. */
export function validateRequiredSelector(selector: LabelSelector | undefined, owner: string, path: string): FieldError[] {
  if (!selector) return [required(path)];
  const problems = validateLabelSelector(selector, {}, path);
  return selectsEverything(selector) ? [...problems, invalid(path, selector, `empty selector is invalid for ${owner}`)] : problems;
}

export const selectsEverything = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;

/** Undefined for a selector that cannot be read; an absent one selects nothing. */
export function readSelector(selector: LabelSelector | undefined): LabelRequirement[] | undefined {
  try {
    return selectorOf(selector);
  } catch {
    return undefined;
  }
}

export function validateSelectorMatches(selector: readonly LabelRequirement[], template: PodTemplateSpec, path: string): FieldError[] {
  const labels = template.metadata?.labels;
  if (matchesLabels(selector, labels)) return [];
  return [invalid(`${path}.metadata.labels`, sorted(labels), '`selector` does not match template `labels`')];
}

/** Go writes a map by the alphabet. */
const sorted = (labels: Readonly<Record<string, string>> | undefined) =>
  labels && Object.fromEntries(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)));

/** Sees to it that there is a template with a pod spec, and that the spec has its defaults. */
export function defaultPodTemplate(owner: { template?: Draft<PodTemplateSpec> }): void {
  owner.template ??= {};
  owner.template.spec ??= { containers: [] };
  defaultPodSpec(owner.template.spec);
}

/** For names that become part of a pod's name. */
export function podNameWarnings(name: string | undefined): string[] {
  const problems = dns1123Label(name ?? '');
  if (problems.length === 0) return [];
  const recommendation = 'this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended';
  return [`metadata.name: ${recommendation}: [${problems.join(' ')}]`];
}
