import { parseCidr } from '../../api/validation/ip.ts';

/** What is wrong with a `--cluster-cidr`: one range, or two of different families with a comma between; '' for none. */
export function addressRangeProblem(text: string): string | undefined {
  const ranges = text.split(',').filter((range) => range !== '');
  const parsed = ranges.map((range) => parseCidr(range));
  const bad = ranges.find((_, index) => !parsed[index]);
  if (bad !== undefined) return `invalid CIDR address: ${bad}`;
  if (ranges.length > 2) return `length of clusterCIDRs is:${ranges.length} more than max allowed of 2`;
  if (parsed.length === 2 && parsed[0]!.address.length === parsed[1]!.address.length)
    return 'expected two ranges of different families, IPv4 and IPv6';
  return undefined;
}
