/** Walks an object through its kind's steps without a server: tests of kinds say what goes in and read what comes out. */
import { applySchemaDefaults } from '../decode.ts';
import type { Draft } from '../draft.ts';
import { fieldErrorText } from '../field-error.ts';
import type { Kind, WriteContext } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

const write: WriteContext = { user: { name: 'tester', groups: [] }, nowMs: Date.parse('2026-01-02T03:04:05Z') };

/** As a manifest writes it: anything goes, and nothing need be there. */
export type Manifest = Record<string, unknown>;

/** Defaulted and prepared, as it would be stored. */
export function created<O extends KubeObject>(kind: Kind<O>, manifest: Manifest): O {
  const draft = structuredClone({ metadata: {}, ...manifest }) as unknown as Draft<O>;
  applySchemaDefaults(draft, kind.schema());
  kind.strategy.defaults?.(draft);
  kind.strategy.prepareForCreate?.(draft, write);
  return draft as unknown as O;
}

/** All that is wrong with a new object; `metadata` is not looked at. */
export function createProblems<O extends KubeObject>(kind: Kind<O>, manifest: Manifest): string[] {
  const object = created(kind, manifest);
  return [...(kind.strategy.validate?.(object) ?? []), ...(kind.strategy.validateCreate?.(object) ?? [])].map(fieldErrorText);
}

/** All that is wrong with the change from one manifest to another; `change` edits what was stored. */
export function updateProblems<O extends KubeObject>(kind: Kind<O>, manifest: Manifest, change: (object: Draft<O>) => void): string[] {
  const old = created(kind, manifest);
  const next = updated(kind, old, change);
  return [...(kind.strategy.validate?.(next) ?? []), ...(kind.strategy.validateUpdate?.(next, old) ?? [])].map(fieldErrorText);
}

export function updated<O extends KubeObject>(kind: Kind<O>, old: O, change: (object: Draft<O>) => void): O {
  const draft = structuredClone(old) as unknown as Draft<O>;
  change(draft);
  kind.strategy.defaults?.(draft);
  kind.strategy.prepareForUpdate?.(draft, old, write);
  return draft as unknown as O;
}

/** `status` in place of what the created object has, `before` being what it had. */
export function statusProblems<O extends KubeObject>(kind: Kind<O>, manifest: Manifest, status: unknown, before?: unknown): string[] {
  const base = created(kind, manifest);
  const old = before === undefined ? base : { ...base, status: before };
  return (kind.strategy.validateStatusUpdate?.({ ...base, status }, old) ?? []).map(fieldErrorText);
}

/** The row as `kubectl get -o wide` would show it, by heading. */
export function row<O extends KubeObject>(kind: Kind<O>, object: O, nowMs = write.nowMs): Record<string, unknown> {
  return Object.fromEntries(kind.columns.map((column) => [column.name, column.cell(object, nowMs)]));
}
