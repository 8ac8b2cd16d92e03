import type { Draft } from '../../draft.ts';
import { duplicate, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { MutatingWebhook, ValidatingWebhook } from '../../generated/admissionregistration/v1.ts';
import { ageColumn, nameColumn, type Column } from '../../kind.ts';
import type { KubeObject } from '../../meta.ts';
import { validateFullyQualifiedName } from '../../validation/domain-names.ts';
import { validateLabelSelector } from '../../validation/label-selector.ts';
import { dns1035Label } from '../../validation/names.ts';
import { validateMatchConditions } from './match-conditions.ts';
import { defaultRules, validateRules } from './rule-validation.ts';
import { validateWebhookClient } from './webhook-client.ts';

/** What both kinds of webhook have. */
type Webhook = ValidatingWebhook | MutatingWebhook;
type Configuration = KubeObject & { readonly webhooks?: readonly Webhook[] };

const reviewVersions = ['v1', 'v1beta1'];
const sideEffectFree = ['None', 'NoneOnDryRun'];

export const webhookColumns: readonly Column<Configuration>[] = [
  nameColumn,
  { name: 'Webhooks', type: 'integer', cell: ({ webhooks }) => webhooks?.length ?? 0 },
  ageColumn,
];

export function defaultWebhook(webhook: Draft<Webhook>): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  if (webhook.clientConfig?.service) webhook.clientConfig.service.port ??= 443;
  defaultRules(webhook.rules);
}

export function validateWebhooks({ webhooks = [] }: Configuration): FieldError[] {
  return webhooks.flatMap((webhook, index) => {
    const path = `webhooks[${index}]`;
    const taken = webhook.name && webhooks.findIndex(({ name }) => name === webhook.name) < index;
    return [
      ...validateWebhook(webhook, path),
      ...validateReviewVersions(webhook.admissionReviewVersions ?? [], `${path}.admissionReviewVersions`),
      ...(taken ? [duplicate(`${path}.name`, webhook.name)] : []),
    ];
  });
}

function validateWebhook(webhook: Webhook, path: string): FieldError[] {
  const { sideEffects, timeoutSeconds } = webhook;
  const problems = [
    ...validateFullyQualifiedName(webhook.name ?? '', `${path}.name`),
    ...validateRules(webhook.rules, `${path}.rules`),
    ...oneOf(webhook.failurePolicy, ['Fail', 'Ignore'], `${path}.failurePolicy`),
    ...oneOf(webhook.matchPolicy, ['Equivalent', 'Exact'], `${path}.matchPolicy`),
    ...('reinvocationPolicy' in webhook ? oneOf(webhook.reinvocationPolicy, ['IfNeeded', 'Never'], `${path}.reinvocationPolicy`) : []),
  ];
  if (!sideEffects) problems.push(required(`${path}.sideEffects`, `must specify one of ${sideEffectFree.join(', ')}`));
  else problems.push(...oneOf(sideEffects, sideEffectFree, `${path}.sideEffects`));
  if (timeoutSeconds !== undefined && (timeoutSeconds > 30 || timeoutSeconds < 1))
    problems.push(invalid(`${path}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds'));
  return [
    ...problems,
    ...validateLabelSelector(webhook.namespaceSelector, {}, `${path}.namespaceSelector`),
    ...validateLabelSelector(webhook.objectSelector, {}, `${path}.objectSelector`),
    ...validateWebhookClient(webhook.clientConfig, `${path}.clientConfig`),
    ...validateMatchConditions(webhook.matchConditions, `${path}.matchConditions`),
  ];
}

function validateReviewVersions(versions: readonly string[], path: string): FieldError[] {
  if (versions.length === 0) return [required(path, `must specify one of ${reviewVersions.join(', ')}`)];
  const problems = versions.flatMap((version, index) =>
    versions.indexOf(version) < index
      ? [invalid(`${path}[${index}]`, version, 'duplicate version')]
      : dns1035Label(version).map((problem) => invalid(`${path}[${index}]`, version, problem)),
  );
  if (!versions.some((version) => reviewVersions.includes(version)))
    problems.push(invalid(path, versions, `must include at least one of ${reviewVersions.join(', ')}`));
  return problems;
}

const oneOf = (value: string | undefined, supported: readonly string[], path: string): FieldError[] =>
  value === undefined || supported.includes(value) ? [] : [notSupported(path, value, supported)];
