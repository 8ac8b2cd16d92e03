import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBody } from '../decode.ts';
import type { Draft } from '../draft.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import type { Schema } from '../schema.ts';
import { allKinds } from './all.ts';
import { created, row, updated, type Manifest } from './trial.ts';

/** Whoever writes nothing, or nothing into everything, is told what is wrong: no step may trip over what is missing. */
const bodies: Readonly<Record<string, (kind: Kind) => Manifest>> = {
  'nothing at all': () => ({}),
  'an empty spec': () => ({ spec: {} }),
  'empty objects everywhere': (kind) => hollow(kind.schema(), 0) as Manifest,
};

const deepest = 6;

function hollow(schema: Schema, depth: number): unknown {
  if (schema.type === 'list') return depth > deepest ? [] : [hollow(schema.items!, depth + 1)];
  if (schema.type !== 'object' && schema.type !== 'map') return undefined;
  if (depth > deepest || !schema.fields) return {};
  const fields = [...schema.fields].filter(([name]) => name !== 'metadata');
  return Object.fromEntries(fields.map(([name, field]) => [name, hollow(field.schema, depth + 1)]));
}

const groups = new Set([
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'autoscaling',
  'batch',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'storagemigration.k8s.io',
]);

for (const kind of allKinds.filter(({ group }) => groups.has(group)))
  for (const [what, body] of Object.entries(bodies))
    test(`${kind.kind} in ${kind.group}/${kind.version} with ${what}`, () => {
      const { object } = decodeBody({ object: { ...body(kind), metadata: { name: 'x', uid: 'u' } } }, kind);
      const { strategy } = kind;
      const stored = created(kind, { ...object });
      const next = updated(kind, stored, () => {});
      const problems = [...(strategy.validate?.(next) ?? []), ...(strategy.validateCreate?.(next) ?? [])];
      assert.ok(problems.every(({ field }) => field !== ''));
      strategy.validateUpdate?.(next, stored);
      strategy.validateStatusUpdate?.(next, stored);
      strategy.warnings?.(next);
      row(kind, next);
      if (!kind.storage) return;
      const there = kind.storage.toStored(structuredClone(next) as Draft<KubeObject>);
      assert.equal(kind.storage.fromStored(there).apiVersion, next.apiVersion);
    });
