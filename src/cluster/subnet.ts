/** The first address that can be handed out of an IPv4 subnet: the one of the Service `kubernetes`. Throws for what is no subnet. */
export function firstAddress(subnet: string): string {
  const [address = '', bits = ''] = subnet.split('/');
  const parts = address.split('.').map(Number);
  if (
    parts.length !== 4 ||
    parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255) ||
    !/^\d{1,2}$/.test(bits) ||
    Number(bits) > 28
  )
    throw new RangeError(`${JSON.stringify(subnet)} is not an IPv4 subnet such as 10.96.0.0/16`);
  const mask = Number(bits) === 0 ? 0 : (0xffffffff << (32 - Number(bits))) >>> 0;
  const base = (((parts[0]! << 24) | (parts[1]! << 16) | (parts[2]! << 8) | parts[3]!) & mask) >>> 0;
  const first = base + 1;
  return [24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join('.');
}
