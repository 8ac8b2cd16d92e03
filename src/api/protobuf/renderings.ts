/** Messages that JSON shows otherwise than as an object of their fields, both ways. */
import { ProtobufError } from '../../codec/protobuf/reader.ts';
import type { Message } from './messages.ts';

export type Members = Readonly<Record<string, unknown>>;

/** What JSON shows of a message with these members; undefined for Go's null. Throws `ProtobufError`. */
export function readRendered({ rendering, fields }: Message, members: Members): unknown {
  switch (rendering) {
    case undefined:
      return members;
    case 'only':
      return members[fields[0]!.name] ?? (fields[0]!.repeats ? [] : undefined);
    case 'time':
      return timeText(members, false);
    case 'micro-time':
      return timeText(members, true);
    case 'quantity':
      return members['string'] ?? '0';
    case 'int-or-string':
      return members['type'] === 1 ? (members['strVal'] ?? '') : (members['intVal'] ?? 0);
    case 'schema-or-bool':
      return members['schema'] ?? members['allows'] ?? false;
    case 'schema-or-list':
      return members['jSONSchemas'] ?? members['schema'];
    case 'schema-or-strings':
      return members['property'] ?? members['schema'];
  }
}

/** The members of the message for what JSON shows; the inverse of `readRendered`. */
export function writeRendered({ rendering, fields }: Message, value: unknown): Members {
  switch (rendering) {
    case undefined:
      return typeof value === 'object' && value !== null ? (value as Members) : {};
    case 'only':
      return { [fields[0]!.name]: value };
    case 'time':
    case 'micro-time':
      return timeMembers(value);
    case 'quantity':
      return { string: String(value) };
    case 'int-or-string':
      // Go writes all three, whichever of them counts.
      return typeof value === 'number' ? { type: 0, intVal: value, strVal: '' } : { type: 1, intVal: 0, strVal: value };
    case 'schema-or-bool':
      return typeof value === 'boolean' ? { allows: value } : { allows: true, schema: value };
    case 'schema-or-list':
      return Array.isArray(value) ? { jSONSchemas: value } : { schema: value };
    case 'schema-or-strings':
      return Array.isArray(value) ? { property: value } : { schema: value };
  }
}

/** Go's zero time, which JSON shows as null. */
const zeroSeconds = Date.parse('0001-01-01T00:00:00Z') / 1000;
const lastSeconds = Date.parse('9999-12-31T23:59:59Z') / 1000;

function timeText(members: Members, micro: boolean): string | undefined {
  if (Object.keys(members).length === 0) return undefined;
  // Times are whole seconds, whatever their message may say; MicroTime has what its six digits show.
  const micros = micro ? Math.trunc(Number(members['nanos'] ?? 0) / 1000) : 0;
  const seconds = Number(members['seconds'] ?? 0) + Math.floor(micros / 1e6);
  const fraction = micros - Math.floor(micros / 1e6) * 1e6;
  if (seconds === zeroSeconds && fraction === 0) return undefined;
  if (seconds < zeroSeconds || seconds > lastSeconds) throw new ProtobufError('Time.MarshalJSON: year outside of range [0,9999]');
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return micro ? `${whole}.${String(fraction).padStart(6, '0')}Z` : `${whole}Z`;
}

/** Of a time in the form in which objects hold it: UTC, with six digits of a second or none. */
function timeMembers(value: unknown): Members {
  const text = String(value);
  const micros = Number(/\.(\d{6})/.exec(text)?.[1] ?? 0);
  return { seconds: Math.floor(Date.parse(text) / 1000), nanos: micros * 1000 };
}
