import { goStrings } from '../../codec/go-strings.ts';
import type { PolicyRule } from '../../api/generated/rbac/v1.ts';
import type { Attributes } from '../ports.ts';

/** Does the rule allow what is asked? Source: Kubernetes' rbac.RuleAllows. */
export function ruleAllows(rule: PolicyRule, { verb, resource, path = '' }: Attributes): boolean {
  if (!matches(rule.verbs, verb)) return false;
  if (!resource) return (rule.nonResourceURLs ?? []).some((url) => urlCovers(url, path));
  return (
    matches(rule.apiGroups ?? [], resource.group) &&
    resourceMatches(rule.resources ?? [], resource.resource, resource.subresource) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(resource.name ?? ''))
  );
}

const matches = (allowed: readonly string[], wanted: string) => allowed.includes('*') || allowed.includes(wanted);

// A rule names `pods`, `pods/log`, any resource's `*/scale`, or `*`, which covers subresources too.
function resourceMatches(allowed: readonly string[], resource: string, subresource: string | undefined): boolean {
  if (!subresource) return matches(allowed, resource);
  return matches(allowed, `${resource}/${subresource}`) || allowed.includes(`*/${subresource}`);
}

/** `/healthz/*` covers everything below (and only a trailing star is one). */
function urlCovers(owner: string, path: string): boolean {
  return owner === '*' || owner === path || (owner.endsWith('*') && path.startsWith(owner.replace(/\*+$/, '')));
}

/** The smallest parts of the rules that the owner's rules do not cover, in order. Source: component-helpers' validation.Covers. */
export function uncoveredRules(owner: readonly PolicyRule[], rules: readonly PolicyRule[]): PolicyRule[] {
  return rules.flatMap(brokenDown).filter((part) => !owner.some((rule) => ruleCovers(rule, part)));
}

/** One rule for each verb, group, resource and name. */
function brokenDown(rule: PolicyRule): PolicyRule[] {
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs } = rule;
  const names = resourceNames.length > 0 ? resourceNames.map((name) => ({ resourceNames: [name] })) : [{}];
  const ofResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) => names.map((name) => ({ apiGroups: [group], resources: [resource], verbs: [verb], ...name }))),
    ),
  );
  return [...ofResources, ...nonResourceURLs.flatMap((url) => verbs.map((verb) => ({ nonResourceURLs: [url], verbs: [verb] })))];
}

/** `part` has one of everything at most. */
function ruleCovers(owner: PolicyRule, part: PolicyRule): boolean {
  const coversAll = (allowed: readonly string[] = [], wanted: readonly string[] = []) =>
    allowed.includes('*') || wanted.every((one) => allowed.includes(one));
  const names = part.resourceNames ?? [];
  return (
    coversAll(owner.verbs, part.verbs) &&
    coversAll(owner.apiGroups, part.apiGroups) &&
    (part.resources ?? []).every((resource) => resourceCovered(owner.resources ?? [], resource)) &&
    (part.nonResourceURLs ?? []).every((url) => (owner.nonResourceURLs ?? []).some((allowed) => urlCovers(allowed, url))) &&
    (!owner.resourceNames?.length || (names.length > 0 && names.every((name) => owner.resourceNames!.includes(name))))
  );
}

function resourceCovered(allowed: readonly string[], resource: string): boolean {
  const slash = resource.indexOf('/');
  return matches(allowed, resource) || (slash >= 0 && allowed.includes(`*${resource.slice(slash)}`));
}

/** Puts the verbs of one resource together again, for messages (Kubernetes' CompactRules). */
export function compactRules(parts: readonly PolicyRule[]): PolicyRule[] {
  const compact: PolicyRule[] = [];
  const byResource = new Map<string, { rule: PolicyRule; verbs: string[] }>();
  for (const part of parts) {
    if (part.nonResourceURLs?.length) {
      compact.push(part);
      continue;
    }
    const key = JSON.stringify([part.apiGroups, part.resources, part.resourceNames]);
    const known = byResource.get(key);
    if (known) known.verbs.push(...part.verbs);
    else byResource.set(key, { rule: part, verbs: [...part.verbs] });
  }
  return [...compact, ...[...byResource.values()].map(({ rule, verbs }) => ({ ...rule, verbs }))];
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`, as Go prints it. */
export function ruleText(rule: PolicyRule): string {
  const parts: readonly [string, readonly string[] | undefined][] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ];
  return `{${parts.flatMap(([name, values]) => (values?.length ? [`${name}:${goStrings(values)}`] : [])).join(', ')}}`;
}
