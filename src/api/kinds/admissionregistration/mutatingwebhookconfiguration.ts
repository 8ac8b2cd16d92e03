import type { MutatingWebhookConfiguration as MutatingWebhookConfigurationType } from '../../generated/admissionregistration/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { defaultWebhook, validateWebhooks, webhookColumns } from './webhook-validation.ts';

export const MutatingWebhookConfiguration = defineKind<MutatingWebhookConfigurationType>({
  ...generatedKind('admissionregistration.k8s.io', 'v1', 'MutatingWebhookConfiguration'),
  categories: ['api-extensions'],
  columns: webhookColumns,
  strategy: {
    defaults: ({ webhooks }) => {
      for (const webhook of webhooks ?? []) {
        defaultWebhook(webhook);
        webhook.reinvocationPolicy ??= 'Never';
      }
    },
    validate: validateWebhooks,
    generationFields: ['webhooks'],
  },
});
