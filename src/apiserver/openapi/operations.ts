/** The requests that kinds answer to, as paths with operations: what both OpenAPI versions publish, each in its own form. */
import type { Kind, SubresourceInfo } from '../../api/kind.ts';
import { apiVersionOf } from '../../api/meta.ts';
import { definitionOf } from '../../api/schemas.ts';
import type { GroupVersionKind } from './definition-names.ts';
import {
  nameParameter,
  namespaceParameter,
  parameterOf,
  parametersOf,
  parametersOfSubresource,
  pathParameter,
  type Parameter,
} from './parameters.ts';

export interface PathItem {
  readonly path: string;
  /** Those of all its operations. */
  readonly parameters: readonly Parameter[];
  readonly operations: readonly Operation[];
}

export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch';
  /** x-kubernetes-action */
  readonly action: string;
  readonly id: string;
  readonly description: string;
  /** Of whom it is an operation; a subresource's own kind where it has one. */
  readonly kind: GroupVersionKind;
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly of: Payload; readonly required: boolean };
  readonly codes: readonly (200 | 201 | 202)[];
  readonly answer: Payload;
}

/** `text` is whatever the stream or log holds. */
export type Payload = 'object' | 'list' | 'patch' | 'delete-options' | 'status' | 'text' | { readonly definition: string };

/** In the order of their paths. */
export const pathsOf = (kind: Kind): PathItem[] => [...resourcePaths(kind), ...subresourcePaths(kind)];

function resourcePaths(kind: Kind): PathItem[] {
  const { verbs, plural, namespaced } = kind;
  const has = (verb: string): boolean => verbs.some((one) => one === verb);
  const where = namespaced ? [namespaceParameter] : [];
  const collection = `${prefixOf(kind)}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`;
  const items: PathItem[] = [];
  if (namespaced && has('list')) {
    const list = { ...listOperation(kind), id: `list${titleOf(kind)}${kind.kind}ForAllNamespaces` };
    items.push({ path: `${prefixOf(kind)}/${plural}`, parameters: [parameterOf('pretty')], operations: [list] });
  }
  const onCollection = [
    ...(has('list') ? [listOperation(kind)] : []),
    ...(has('create') ? [createOperation(kind)] : []),
    ...(has('deletecollection') ? [deleteCollectionOperation(kind)] : []),
  ];
  const onItem = [
    ...(has('get') ? [readOperation(kind)] : []),
    ...(has('update') ? [replaceOperation(kind)] : []),
    ...(has('delete') ? [deleteOperation(kind)] : []),
    ...(has('patch') ? [patchOperation(kind)] : []),
  ];
  if (onCollection.length > 0) items.push({ path: collection, parameters: [...where, parameterOf('pretty')], operations: onCollection });
  const itemParameters = [nameParameter(kind.kind), ...where, parameterOf('pretty')];
  if (onItem.length > 0) items.push({ path: `${collection}/{name}`, parameters: itemParameters, operations: onItem });
  return items;
}

function listOperation(kind: Kind): Operation {
  return {
    ...basics(kind, 'get', 'list', 'list'),
    description: `list or watch objects of kind ${kind.kind}`,
    codes: [200],
    answer: 'list',
  };
}

function createOperation(kind: Kind): Operation {
  return {
    ...basics(kind, 'post', 'post', 'create'),
    description: `create ${article(kind.kind)} ${kind.kind}`,
    body: { of: 'object', required: true },
    codes: [200, 201, 202],
    answer: 'object',
  };
}

function deleteCollectionOperation(kind: Kind): Operation {
  return {
    ...basics(kind, 'delete', 'deletecollection', 'delete'),
    id: `delete${titleOf(kind)}Collection${scopeOf(kind)}${kind.kind}`,
    description: `delete collection of ${kind.kind}`,
    body: { of: 'delete-options', required: false },
    codes: [200],
    answer: 'status',
  };
}

function readOperation(kind: Kind, of = `the specified ${kind.kind}`, suffix = ''): Operation {
  return { ...basics(kind, 'get', 'get', 'read', suffix), description: `read ${of}`, codes: [200], answer: 'object' };
}

function replaceOperation(kind: Kind, of = `the specified ${kind.kind}`, suffix = ''): Operation {
  return {
    ...basics(kind, 'put', 'put', 'replace', suffix),
    description: `replace ${of}`,
    body: { of: 'object', required: true },
    codes: [200, 201],
    answer: 'object',
  };
}

function patchOperation(kind: Kind, of = `the specified ${kind.kind}`, suffix = ''): Operation {
  return {
    ...basics(kind, 'patch', 'patch', 'patch', suffix),
    description: `partially update ${of}`,
    body: { of: 'patch', required: true },
    codes: [200, 201],
    answer: 'object',
  };
}

function deleteOperation(kind: Kind): Operation {
  return {
    ...basics(kind, 'delete', 'delete', 'delete'),
    description: `delete ${article(kind.kind)} ${kind.kind}`,
    body: { of: 'delete-options', required: false },
    codes: [200, 202],
    answer: 'status',
  };
}

function subresourcePaths(kind: Kind): PathItem[] {
  const { status, scale, others } = kind.subresources;
  const own: SubresourceInfo = { group: kind.group, version: kind.version, kind: kind.kind, verbs: ['get', 'patch', 'update'] };
  const scaleInfo: SubresourceInfo = { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] };
  const all: [string, SubresourceInfo][] = [
    ...(status ? [['status', own] satisfies [string, SubresourceInfo]] : []),
    ...(scale ? [['scale', scaleInfo] satisfies [string, SubresourceInfo]] : []),
    ...Object.entries(others ?? {}),
  ];
  return all
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, info]) => (connecting.has(name) ? connectPaths(kind, name, info) : [subresourcePath(kind, name, info)]));
}

/** Subresources that open a stream, or pass a request on. */
const connecting: ReadonlySet<string> = new Set(['attach', 'exec', 'portforward', 'proxy']);

function subresourcePath(kind: Kind, name: string, info: SubresourceInfo): PathItem {
  const definition = definitionOf(apiVersionOf(info), info.kind);
  const isOwn = info.kind === kind.kind && info.group === kind.group;
  const payload: Payload = name === 'log' ? 'text' : isOwn || definition === undefined ? 'object' : { definition };
  const of = `${name} of the specified ${kind.kind}`;
  const suffix = capitalized(name);
  const create: Operation = {
    ...createOperation(kind),
    ...basics(kind, 'post', 'post', 'create', suffix),
    description: `create ${name} of ${article(kind.kind)} ${kind.kind}`,
  };
  const operations: [string, Operation][] = [
    ['get', readOperation(kind, of, suffix)],
    ['update', replaceOperation(kind, of, suffix)],
    ['create', create],
    ['patch', patchOperation(kind, of, suffix)],
  ];
  return {
    path: `${itemPath(kind)}/${name}`,
    parameters: [
      nameParameter(info.kind),
      ...(kind.namespaced ? [namespaceParameter] : []),
      parameterOf('pretty'),
      ...(parametersOfSubresource[name] ?? []).map(parameterOf),
    ],
    operations: operations
      .filter(([verb]) => info.verbs.includes(verb))
      .map(([, operation]) => ({
        ...operation,
        kind: info,
        answer: payload,
        ...(operation.body && operation.action !== 'patch' && { body: { ...operation.body, of: payload } }),
      })),
  };
}

function connectPaths(kind: Kind, name: string, info: SubresourceInfo): PathItem[] {
  const methods = connectMethods.filter(([verb]) => info.verbs.includes(verb)).map(([, method]) => method);
  const all = name === 'proxy' ? [...methods, 'head' as const, 'options' as const] : methods;
  const paths = name === 'proxy' ? [name, `${name}/{path}`] : [name];
  return paths.map((path) => {
    const suffix = capitalized(name) + (path.includes('{') ? 'WithPath' : '');
    return {
      path: `${itemPath(kind)}/${path}`,
      parameters: [
        nameParameter(info.kind),
        ...(kind.namespaced ? [namespaceParameter] : []),
        ...(path.includes('{') ? [pathParameter] : []),
        ...(parametersOfSubresource[name] ?? []).map(parameterOf),
      ],
      operations: all.map((method) => ({
        method,
        action: 'connect',
        id: `connect${titleOf(kind)}${capitalized(method)}${scopeOf(kind)}${kind.kind}${suffix}`,
        description: `connect ${method.toUpperCase()} requests to ${name} of ${kind.kind}`,
        kind: info,
        parameters: [],
        codes: [200],
        answer: 'text',
      })),
    };
  });
}

const connectMethods: readonly (readonly [verb: string, method: Operation['method']])[] = [
  ['get', 'get'],
  ['update', 'put'],
  ['create', 'post'],
  ['delete', 'delete'],
  ['patch', 'patch'],
];

function basics(kind: Kind, method: Operation['method'], action: string, word: string, suffix = '') {
  return {
    method,
    action,
    id: `${word}${titleOf(kind)}${scopeOf(kind)}${kind.kind}${suffix}`,
    kind: { group: kind.group, version: kind.version, kind: kind.kind },
    parameters: (parametersOf[action] ?? []).map(parameterOf),
  };
}

const prefixOf = (kind: Kind): string => (kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`);
const itemPath = (kind: Kind): string => `${prefixOf(kind)}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}/{name}`;
const scopeOf = (kind: Kind): string => (kind.namespaced ? 'Namespaced' : '');
const article = (noun: string): string => (/^[AEIOU]/.test(noun) ? 'an' : 'a');

/** `CoreV1`, `RbacAuthorizationV1`, `ExampleComV1` */
export const titleOf = ({ group, version }: Pick<Kind, 'group' | 'version'>): string =>
  (group === '' ? ['core'] : group.replace(/\.k8s\.io$/, '').split('.')).map(capitalized).join('') + capitalized(version);

/** `core_v1`, `rbacAuthorization_v1` */
export function tagOf({ group, version }: Pick<Kind, 'group' | 'version'>): string {
  const title = titleOf({ group, version: '' });
  return `${title.charAt(0).toLowerCase()}${title.slice(1)}_${version}`;
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
