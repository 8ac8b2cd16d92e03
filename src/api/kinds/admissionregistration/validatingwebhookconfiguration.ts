import type { ValidatingWebhookConfiguration as ValidatingWebhookConfigurationType } from '../../generated/admissionregistration/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { defaultWebhook, validateWebhooks, webhookColumns } from './webhook-validation.ts';

export const ValidatingWebhookConfiguration = defineKind<ValidatingWebhookConfigurationType>({
  ...generatedKind('admissionregistration.k8s.io', 'v1', 'ValidatingWebhookConfiguration'),
  categories: ['api-extensions'],
  columns: webhookColumns,
  strategy: {
    defaults: ({ webhooks }) => {
      webhooks?.forEach(defaultWebhook);
    },
    validate: validateWebhooks,
    generationFields: ['webhooks'],
  },
});
