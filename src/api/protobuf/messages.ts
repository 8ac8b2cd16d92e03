/** Kubernetes' API as protocol buffers have it, from generated data that is read a message at a time, when first asked for. */
import { protobufPackages, protobufText } from '../generated/protobuf-text.ts';

export interface Message {
  /** `core.v1.PodSpec` */
  readonly name: string;
  /** `PodSpec` */
  readonly title: string;
  /** How JSON shows it; absent for an object of its fields. */
  readonly rendering?: Rendering;
  readonly fields: readonly MessageField[];
  readonly byNumber: ReadonlyMap<number, MessageField>;
}

export type Rendering =
  /** Its only field stands for it. */
  'only' | 'time' | 'micro-time' | 'quantity' | 'int-or-string' | 'schema-or-bool' | 'schema-or-list' | 'schema-or-strings';

/** `json` is JSON carried as bytes. */
export type ProtobufScalar = 'string' | 'bytes' | 'json' | 'bool' | 'int32' | 'int64' | 'double';

export interface MessageField {
  readonly number: number;
  /** In JSON. */
  readonly name: string;
  readonly repeats?: 'list' | 'map';
  /** Zero is a value of its own: Go has a pointer, or no omitempty. */
  readonly kept: boolean;
  /** Its members are members of the message that holds it. */
  readonly inline: boolean;
  /** Of one item, or of one of a map's values. */
  readonly type: ProtobufScalar | Message;
}

const known = new Map<string, Message>();

/** The same object each time. Throws for names that the API does not define. */
export function messageOf(name: string): Message {
  let message = known.get(name);
  if (!message) {
    const line = lines().get(name);
    if (line === undefined) throw new Error(`Kubernetes has no message ${name}`);
    message = readMessage(name, line);
    known.set(name, message);
  }
  return message;
}

/** Undefined for kinds that have no protocol buffers, as custom ones. */
export function messageOfKind(apiVersion: string, kind: string): Message | undefined {
  const own = hasProtobuf(apiVersion) ? protobufPackages[apiVersion] : undefined;
  const candidates = [...(own === undefined ? [] : [own]), ...(atHomeEverywhere.has(kind) || own === 'meta.v1beta1' ? ['meta.v1'] : [])];
  const name = candidates.map((candidate) => `${candidate}.${kind}`).find((candidate) => lines().has(candidate));
  return name === undefined ? undefined : messageOf(name);
}

/** Whether the kinds of a group-version have protocol buffers. Reads nothing of the messages themselves. */
export const hasProtobuf = (apiVersion: string): boolean => Object.hasOwn(protobufPackages, apiVersion);

/** meta/v1's kinds that clients write in the name of whatever group they speak. */
const atHomeEverywhere: ReadonlySet<string> = new Set([
  'CreateOptions',
  'DeleteOptions',
  'GetOptions',
  'ListOptions',
  'PatchOptions',
  'UpdateOptions',
  'Status',
  'WatchEvent',
]);

/** By message. */
let read: ReadonlyMap<string, string> | undefined;

function lines(): ReadonlyMap<string, string> {
  read ??= readLines();
  return read;
}

function readLines(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let opened = '';
  for (let at = 0; at < protobufText.length;) {
    const newline = protobufText.indexOf('\n', at);
    const line = protobufText.slice(at, newline < 0 ? undefined : newline);
    const space = line.indexOf(' ');
    if (line.startsWith('@')) opened = line.slice(1);
    else found.set(`${opened}.${space < 0 ? line : line.slice(0, space)}`, line);
    at += line.length + 1;
  }
  return found;
}

function readMessage(name: string, line: string): Message {
  const [, ...cells] = line.split(' ');
  const rendering = cells[0]?.startsWith('=') ? (cells.shift()!.slice(1) as Rendering) : undefined;
  const home = name.slice(0, name.lastIndexOf('.'));
  const fields = cells.map((cell) => readField(cell, home));
  return {
    name,
    title: name.slice(home.length + 1),
    ...(rendering !== undefined && { rendering }),
    fields,
    byNumber: new Map(fields.map((field) => [field.number, field])),
  };
}

function readField(cell: string, home: string): MessageField {
  const [, number, flags = '', name = '', sign, type = ''] = fieldForm.exec(cell)!;
  const reference = type.startsWith('@') ? type.slice(1) : undefined;
  let referred: MessageField['type'] | undefined;
  return {
    number: Number(number),
    name,
    ...(sign && { repeats: sign === '[' ? 'list' : 'map' }),
    kept: flags.includes('!'),
    inline: flags.includes('~'),
    // Messages refer to each other in circles, so they come when they are asked for.
    get type() {
      referred ??=
        reference === undefined ? (type as ProtobufScalar) : messageOf(reference.includes('.') ? reference : `${home}.${reference}`);
      return referred;
    },
  };
}

const fieldForm = /^(\d+)([!~]*)([^:]+):([[{])?(.+)$/;
