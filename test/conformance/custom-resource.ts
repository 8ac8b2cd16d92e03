import type { CustomResourceDefinition as Definition } from '../../src/api/generated/apiextensions/v1.ts';
import { kindFromCrd } from '../../src/api/kind-from-crd.ts';
import type { Kind } from '../../src/api/kind.ts';
import { CustomResourceDefinition } from '../../src/api/kinds/apiextensions/customresourcedefinition.ts';
import { isTrue } from '../../src/api/kinds/conditions.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import { until, type Bed } from './bed.ts';

export interface Custom extends KubeObject {
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

type Version = Definition['spec']['versions'][number];

export interface DefinitionParts {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly scope?: 'Namespaced' | 'Cluster';
  /** One v1 whose spec and status keep whatever they hold, when absent. */
  readonly versions?: readonly Version[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** A version of a definition with a schema. */
export const version = (name: string, openAPIV3Schema: unknown, more: Partial<Version> = {}): Version => ({
  name,
  served: true,
  storage: true,
  schema: { openAPIV3Schema: openAPIV3Schema as never },
  ...more,
});

/** Keeps everything. */
export const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export function definition({
  group,
  plural,
  kind,
  scope = 'Namespaced',
  versions = [version('v1', anything)],
  labels,
}: DefinitionParts): Definition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, labels },
    spec: { group, scope, names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` }, versions },
    status: {},
  };
}

/** Creates a definition and waits until its objects are served; the kind is that of its first version. */
export async function establish(bed: Bed, parts: DefinitionParts): Promise<Kind<Custom>> {
  const { metadata } = await bed.client.create(CustomResourceDefinition, definition(parts));
  const name = metadata.name!;
  const current = await until(async () => {
    const found = await bed.client.get(CustomResourceDefinition, { name });
    return isTrue(found.status?.conditions, 'Established') && found;
  });
  const kind = kindFromCrd(current, current.spec.versions[0]!.name) as Kind<Custom>;
  const { group, version, plural } = kind;
  await until(async () => (await bed.request('GET', `/apis/${group}/${version}/${plural}`)).code === 200);
  return kind;
}
