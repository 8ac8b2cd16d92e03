import type { Draft } from '../../draft.ts';
import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type {
  CustomResourceConversion,
  CustomResourceDefinition as CustomResourceDefinitionType,
  CustomResourceDefinitionSpec,
} from '../../generated/apiextensions/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { dns1035Label, dns1123Subdomain } from '../../validation/names.ts';
import { validateWebhookClient } from '../admissionregistration/webhook-client.ts';
import { nameAndCreatedAt } from '../columns.ts';
import { isTrue } from '../conditions.ts';
import { validateApproval } from './api-approval.ts';
import { validateVersion } from './crd-version-validation.ts';
import { definitionWarnings } from './definition-warnings.ts';
import { validateNames } from './names-validation.ts';

/** Holds a definition that is going until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

/** `Established` and `NamesAccepted` are for a controller to say. */
export const CustomResourceDefinition = defineKind<CustomResourceDefinitionType>({
  ...generatedKind('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition'),
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  columns: nameAndCreatedAt,
  strategy: {
    defaults: setDefaults,
    prepareForCreate: (crd) => {
      const noNames = { kind: '', plural: '' };
      crd.status = { acceptedNames: noNames, conditions: [], storedVersions: [] };
      keepStorageVersion(crd);
    },
    prepareForUpdate: keepStorageVersion,
    validate: (crd) => [...validateName(crd), ...validateSpec(crd.spec), ...validateStoredVersions(crd)],
    validateCreate: (crd) => validateApproval(crd),
    validateUpdate,
    warnings: definitionWarnings,
    unconditionalUpdate: false,
    prepareForDeletion: awaitCleanup,
    validateStatusUpdate: (crd) => validateNames(crd.status.acceptedNames ?? { kind: '', plural: '' }, 'status.acceptedNames'),
  },
});

function setDefaults({ spec }: Draft<CustomResourceDefinitionType>): void {
  if (!spec) return;
  if (spec.names?.kind) {
    spec.names.singular ||= spec.names.kind.toLowerCase();
    spec.names.listKind ||= `${spec.names.kind}List`;
  }
  spec.conversion ??= { strategy: 'None' };
  if (spec.conversion.webhook?.clientConfig?.service) spec.conversion.webhook.clientConfig.service.port ??= 443;
}

/** Objects may exist in every version that was ever the storage version. */
function keepStorageVersion(crd: Draft<CustomResourceDefinitionType>): void {
  const storedVersions = ((crd.status ??= {}).storedVersions ??= []);
  for (const { name, storage } of crd.spec?.versions ?? []) if (storage && !storedVersions.includes(name)) storedVersions.push(name);
}

/** Upstream's words for what a controller is to do before the definition may go: delete its objects. */
function awaitCleanup(crd: Draft<CustomResourceDefinitionType>): void {
  const finalizers = (crd.metadata.finalizers ??= []);
  if (!finalizers.includes(cleanupFinalizer)) finalizers.push(cleanupFinalizer);
  const conditions = ((crd.status ??= {}).conditions ??= []);
  const pending = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: crd.metadata.deletionTimestamp,
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  };
  crd.status.conditions = [...conditions.filter(({ type }) => type !== pending.type), pending];
}

function validateName({ metadata, spec }: CustomResourceDefinitionType): FieldError[] {
  if (metadata.name === `${spec.names?.plural}.${spec.group}`) return [];
  return [invalid('metadata.name', metadata.name ?? '', 'must be spec.names.plural+"."+spec.group')];
}

function validateSpec(spec: CustomResourceDefinitionSpec): FieldError[] {
  const { scope } = spec;
  const versions = spec.versions ?? [];
  const problems = validateGroup(spec.group);
  if (!scope) problems.push(required('spec.scope'));
  else if (!['Cluster', 'Namespaced'].includes(scope)) problems.push(notSupported('spec.scope', scope, ['Cluster', 'Namespaced']));
  problems.push(...versions.flatMap((version, index) => validateVersion(version, `spec.versions[${index}]`)));
  if (new Set(versions.map(({ name }) => name)).size < versions.length)
    problems.push(invalid('spec.versions', versions, 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1)
    problems.push(invalid('spec.versions', versions, 'must have exactly one version marked as storage version'));
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const)
    if (!spec.names?.[field]) problems.push(required(`spec.names.${field}`));
  if (spec.preserveUnknownFields)
    problems.push(
      invalid(
        'spec.preserveUnknownFields',
        true,
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ),
    );
  return [
    ...problems,
    ...validateNames(spec.names ?? { kind: '', plural: '' }, 'spec.names'),
    ...(spec.conversion ? validateConversion(spec.conversion, 'spec.conversion') : []),
  ];
}

function validateGroup(group: string | undefined): FieldError[] {
  if (!group) return [required('spec.group')];
  const problems = dns1123Subdomain(group);
  if (problems.length > 0) return [invalid('spec.group', group, problems.join(','))];
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')];
}

/** The paths are those of the internal type, where the webhook's parts stand flat. */
function validateConversion({ strategy, webhook }: CustomResourceConversion, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (!strategy) problems.push(required(`${path}.strategy`));
  else if (!['None', 'Webhook'].includes(strategy)) problems.push(notSupported(`${path}.strategy`, strategy, ['None', 'Webhook']));
  if (strategy !== 'Webhook') {
    const unasked = 'should not be set when strategy is not set to Webhook';
    if (webhook?.clientConfig) problems.push(forbidden(`${path}.webhookClientConfig`, unasked));
    if (webhook?.conversionReviewVersions?.length) problems.push(forbidden(`${path}.conversionReviewVersions`, unasked));
    return problems;
  }
  if (!webhook?.clientConfig) problems.push(required(`${path}.webhookClientConfig`, 'required when strategy is set to Webhook'));
  else problems.push(...validateWebhookClient(webhook.clientConfig, `${path}.webhookClientConfig`));
  return [...problems, ...validateReviewVersions(webhook?.conversionReviewVersions ?? [], `${path}.conversionReviewVersions`)];
}

function validateReviewVersions(versions: readonly string[], path: string): FieldError[] {
  if (versions.length === 0) return [required(path)];
  const problems = versions.flatMap((version, index) =>
    versions.indexOf(version) < index
      ? [invalid(`${path}[${index}]`, version, 'duplicate version')]
      : dns1035Label(version).map((problem) => invalid(`${path}[${index}]`, version, problem)),
  );
  if (!versions.includes('v1') && !versions.includes('v1beta1'))
    problems.push(invalid(path, versions, 'must include at least one of v1, v1beta1'));
  return problems;
}

function validateStoredVersions({ spec, status }: CustomResourceDefinitionType): FieldError[] {
  const path = 'status.storedVersions';
  const stored = status?.storedVersions ?? [];
  if (stored.length === 0) return [invalid(path, stored, 'must have at least one stored version')];
  const versions = new Set((spec.versions ?? []).map(({ name }) => name));
  return stored.flatMap((version, index) =>
    versions.has(version)
      ? []
      : [
          invalid(
            `${path}[${index}]`,
            version,
            `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`,
          ),
        ],
  );
}

function validateUpdate(next: CustomResourceDefinitionType, old: CustomResourceDefinitionType): FieldError[] {
  const established = isTrue(old.status?.conditions, 'Established');
  return [
    ...(established
      ? [
          ...validateImmutable(next.spec.scope, old.spec.scope, 'spec.scope'),
          ...validateImmutable(next.spec.names.kind, old.spec.names.kind, 'spec.names.kind'),
        ]
      : []),
    ...validateImmutable(next.spec.group, old.spec.group, 'spec.group'),
    ...validateImmutable(next.spec.names.plural, old.spec.names.plural, 'spec.names.plural'),
    ...validateApproval(next, old),
  ];
}
