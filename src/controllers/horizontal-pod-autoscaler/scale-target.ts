import type { HorizontalPodAutoscaler } from '../../api/generated/autoscaling/v2.ts';
import type { Scale } from '../../api/generated/autoscaling/v1.ts';
import type { ResourceRef } from '../../api/call.ts';
import type { Kind } from '../../api/kind.ts';
import { parseApiVersion } from '../../api/meta.ts';
import type { Client } from '../../client/client.ts';

/** What is scaled, through its scale subresource. */
export interface ScaleTarget {
  readonly at: ResourceRef;
  readonly scale: Scale;
}

/** Rejects where there is no such kind, no such object, or no scale. */
export async function readTarget(
  { metadata: { namespace }, spec: { scaleTargetRef } }: HorizontalPodAutoscaler,
  client: Pick<Client, 'getSub'>,
  kinds: readonly Kind[],
): Promise<ScaleTarget> {
  const { apiVersion = '', kind, name } = scaleTargetRef;
  const groupVersion = parseApiVersion(apiVersion);
  if (!groupVersion) throw new Error(`unexpected GroupVersion string: ${apiVersion}`);
  const { group } = groupVersion;
  const found = kinds.find((one) => one.group === group && one.kind === kind);
  if (!found) throw new Error(`no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(group)}`);
  const at = { group, version: found.version, resource: found.plural, subresource: 'scale', namespace: namespace!, name };
  return { at, scale: await client.getSub<Scale>(at) };
}

export const resize = ({ at, scale }: ScaleTarget, replicas: number, client: Pick<Client, 'updateSub'>): Promise<Scale> =>
  client.updateSub<Scale>(at, { ...scale, spec: { ...scale.spec, replicas } } as Scale);
