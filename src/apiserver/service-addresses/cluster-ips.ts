import type { Rng } from '../../base/rng.ts';
import type { Draft } from '../../api/draft.ts';
import { internal, invalidObject } from '../../api/errors.ts';
import { invalid } from '../../api/field-error.ts';
import type { Service } from '../../api/generated/core/v1.ts';
import type { IpFamily } from '../../api/kinds/core/service-ip-families.ts';
import { isHeadless, needsClusterIp } from '../../api/kinds/core/service-needs.ts';
import type { IpRange } from './ip-range.ts';
import type { Taking } from './taking.ts';

export type IpRanges = ReadonlyMap<IpFamily, IpRange>;

/** The addresses that the Service holds. */
export const heldIps = (service: Service | undefined): readonly string[] =>
  !service || !needsClusterIp(service) || isHeadless(service) ? [] : (service.spec.clusterIPs ?? []).filter((ip) => ip !== '');

/** Gives the Service an address of each of its families. Throws with what cannot be had; what was taken till then is in `taking`. */
export function takeClusterIps(service: Draft<Service>, old: Service | undefined, ranges: IpRanges, rng: Rng, taking: Taking): void {
  const { spec } = service;
  const before = heldIps(old);
  const hasNone = !needsClusterIp(service) || isHeadless(service);
  if (!hasNone) {
    const ips = (spec.ipFamilies ?? []).map((family, i) => {
      const wanted = spec.clusterIPs?.[i] ?? '';
      if (wanted !== '' && before.includes(wanted)) return wanted;
      const range = ranges.get(family as IpFamily)!;
      const ip = wanted === '' ? nextIp(range, rng) : namedIp(service, range, wanted);
      taking.taken(() => range.free(ip));
      return ip;
    });
    spec.clusterIPs = ips;
    spec.clusterIP = ips[0];
  }
  const after = hasNone ? [] : spec.clusterIPs!;
  for (const ip of before) if (!after.includes(ip)) taking.letGoWhenDone(() => freeIp(ranges, ip));
}

export function freeIp(ranges: IpRanges, ip: string): void {
  ranges.get(ip.includes(':') ? 'IPv6' : 'IPv4')?.free(ip);
}

function nextIp(range: IpRange, rng: Rng): string {
  const ip = range.takeNext(rng);
  if (ip === undefined) throw internal(new Error('failed to allocate a serviceIP: range is full'));
  return ip;
}

function namedIp({ metadata, spec }: Draft<Service>, range: IpRange, ip: string): string {
  const problem = range.take(ip);
  if (problem === undefined) return ip;
  const error = invalid('spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${ip}: ${problem}`);
  throw invalidObject({ group: '', kind: 'Service' }, metadata.name ?? '', [error]);
}
