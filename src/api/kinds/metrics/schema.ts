import type { Field, Schema } from '../../schema.ts';
import { schemaOf } from '../../schemas.ts';

const required = (schema: Schema): Field => ({ schema, required: true });

const usage: Schema = { type: 'map', values: { type: 'quantity' } };
const container: Schema = {
  type: 'object',
  fields: new Map([
    ['name', required({ type: 'string' })],
    ['usage', required(usage)],
  ]),
};

/** What a node uses, or each container of a pod. */
export const metricsSchema = (of: 'usage' | 'containers'): Schema => ({
  type: 'object',
  fields: new Map<string, Field>([
    ['apiVersion', { schema: { type: 'string' }, required: false }],
    ['kind', { schema: { type: 'string' }, required: false }],
    ['metadata', { schema: schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'), required: false }],
    ['timestamp', required({ type: 'string', format: 'date-time' })],
    ['window', required({ type: 'string' })],
    of === 'usage' ? ['usage', required(usage)] : ['containers', required({ type: 'list', items: container })],
  ]),
});
