import { FlagError } from '../../codec/flags.ts';
import type { PortRange } from './node-port-range.ts';

/** Reads `30000-32767`, `30000+100` or `30000`. Throws FlagError with the sentences of apimachinery's PortRange. */
export function portRangeOf(value: string): PortRange {
  const text = value.trim();
  const [, first, sign, second] = /^([^-+]*)(?:([-+])(.*))?$/s.exec(text) ?? [];
  if (first === undefined || second?.includes('+') || second?.includes('-')) throw new FlagError(`unable to parse port range: ${text}`);
  const from = port(first);
  const to = sign === undefined ? from : sign === '-' ? port(second!) : from + port(second!);
  if (from > 65_535 || to > 65_535) throw new FlagError(`the port range cannot be greater than 65535: ${text}`);
  if (to < from) throw new FlagError(`end port cannot be less than start port: ${text}`);
  return { from, to };
}

function port(text: string): number {
  if (!/^\d+$/.test(text)) throw new FlagError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
