import { goStrings } from '../../codec/go-strings.ts';
import type { Impersonation, User } from '../../api/call.ts';
import { badRequest, type ApiError } from '../../api/errors.ts';
import { dns1123Subdomain } from '../../api/validation/names.ts';
import { serviceAccountGroups, splitServiceAccountUser } from '../authn/service-account-name.ts';
import type { Attributes, Authorizer } from '../ports.ts';
import { forbiddenError } from './forbidden.ts';

/**
 * Whom a call is made as. Rejects with 403, in the words of the first way of impersonation that
 * applies, where the caller may not. `attributes` are those of the call itself: constrained ways
 * ask whether just this may be done as somebody else. Source: apiserver's filters/impersonation
 * (KEP 5284, on by default since 1.36).
 */
export async function impersonate(authorizer: Authorizer, attributes: Attributes, wanted: Impersonation): Promise<User> {
  if (wanted.name === '') throw badRequest(`requested ${goUser(wanted)} without impersonating a user name`);
  let refusal: ApiError | undefined;
  for (const mode of modes) {
    if (!mode.applies(wanted, attributes.user)) continue;
    const result = await tryMode(authorizer, mode, attributes, wanted);
    if (!('refusal' in result)) return result;
    refusal ??= result.refusal;
  }
  throw refusal!;
}

interface Mode {
  /** The verbs' middle part; '' for the way there has always been, the plain verb `impersonate`. */
  readonly name: string;
  applies(wanted: Impersonation, requestor: User): boolean;
}

const modes: readonly Mode[] = [
  { name: 'associated-node', applies: (wanted, requestor) => isNameAlone(wanted) && isOnNode(requestor, wanted.name) },
  { name: 'arbitrary-node', applies: (wanted) => isNameAlone(wanted) && nodeOf(wanted.name) !== undefined },
  { name: 'serviceaccount', applies: (wanted) => isNameAlone(wanted) && splitServiceAccountUser(wanted.name) !== undefined },
  { name: 'user-info', applies: ({ name }) => nodeOf(name) === undefined && splitServiceAccountUser(name) === undefined },
  { name: '', applies: () => true },
];

/** Something to be allowed, or what never is. */
type Check = Attributes | { readonly refusal: ApiError };

async function tryMode(
  authorizer: Authorizer,
  mode: Mode,
  attributes: Attributes,
  wanted: Impersonation,
): Promise<User | { readonly refusal: ApiError }> {
  const isAllowed = async (check: Attributes) => (await authorizer.authorize(check)).verdict === 'allow';
  const act = mode.name === '' ? [] : [{ ...attributes, verb: `impersonate-on:${mode.name}:${attributes.verb}` }];
  for (const part of [act, ...identityChecks(mode, attributes.user, wanted)]) {
    // Many names are asked for at once first.
    const [first] = part;
    if (mode.name !== '' && part.length >= manyChecks && first && !('refusal' in first) && (await isAllowed(anyOf(first)))) continue;
    for (const check of part) {
      if ('refusal' in check) return check;
      const { verdict, reason } = await authorizer.authorize(check);
      if (verdict !== 'allow') return { refusal: forbiddenError(check, reason) };
    }
  }
  return impersonatedUser(mode, wanted);
}

const manyChecks = 4;

function anyOf(check: Attributes): Attributes {
  const resource = check.resource!;
  return { ...check, resource: { ...resource, name: '*', ...(resource.subresource !== undefined && { subresource: '*' }) } };
}

/** Name, uid, groups and extra, in the order in which Kubernetes checks them. */
function identityChecks(mode: Mode, user: User, wanted: Impersonation): (readonly Check[])[] {
  const isConstrained = mode.name !== '';
  const authentication = 'authentication.k8s.io';
  const verb = isConstrained ? `impersonate:${mode.name}` : 'impersonate';
  const check = (group: string, resource: string, name: string, more: { namespace?: string; subresource?: string } = {}): Attributes => ({
    user,
    verb,
    resource: { group, version: 'v1', resource, name, ...more },
  });
  const namesGroup = isConstrained ? authentication : '';
  const refused = (problem: string | undefined, resource: string): Check[] =>
    isConstrained && problem !== undefined ? [{ refusal: forbiddenError(check(authentication, resource, ''), problem) }] : [];
  const extra = Object.entries(wanted.extra ?? {});
  return [
    [nameCheck(mode, wanted.name, (resource, name, namespace) => check(namesGroup, resource, name, namespace ? { namespace } : {}))],
    wanted.uid ? [check(authentication, 'uids', wanted.uid)] : [],
    [...refused(groupsProblem(wanted.groups), 'groups'), ...wanted.groups.map((group) => check(namesGroup, 'groups', group))],
    [
      ...extra.flatMap(([key, values]) => refused(extraProblem(key, values), 'userextras')),
      ...extra.flatMap(([key, values]) => values.map((value) => check(authentication, 'userextras', value, { subresource: key }))),
    ],
  ];
}

function nameCheck(mode: Mode, username: string, check: (resource: string, name: string, namespace?: string) => Attributes): Attributes {
  const node = mode.name === '' ? undefined : nodeOf(username);
  // A node agent's permission is for the node it runs on, whichever that is.
  if (node !== undefined) return check('nodes', mode.name === 'associated-node' ? '*' : node);
  const account = splitServiceAccountUser(username);
  return account ? check('serviceaccounts', account.name, account.namespace) : check('users', username);
}

/** What only the old way may do. */
function groupsProblem(groups: readonly string[]): string | undefined {
  if (groups.includes('')) return 'impersonating the empty string group is not allowed';
  return groups.includes('system:masters') ? 'impersonating the system:masters group is not allowed' : undefined;
}

function extraProblem(key: string, values: readonly string[]): string | undefined {
  if (key === '') return 'impersonating the empty string key in extra is not allowed';
  const [domain = '', ...path] = key.split('/');
  const isPath = dns1123Subdomain(domain).length === 0 && /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path.join('/'));
  if (!isPath) {
    const detail = 'must be a domain-prefixed path (such as "acme.io/foo")';
    return `impersonating an invalid key in extra is not allowed: extra.key: Invalid value: ${JSON.stringify(key)}: ${detail}`;
  }
  if (key !== key.toLowerCase()) return `impersonating a non-lowercase key in extra is not allowed: ${JSON.stringify(key)}`;
  if (values.length === 0) return 'impersonating empty values in extra is not allowed';
  return values.includes('') ? 'impersonating the empty string value in extra is not allowed' : undefined;
}

function impersonatedUser(mode: Mode, { name, uid, groups, extra }: Impersonation): User {
  const all = groups.length > 0 ? [...groups] : fixedGroups(mode, name);
  if (name === 'system:anonymous') addOnce(all, 'system:unauthenticated');
  else if (!all.includes('system:unauthenticated')) addOnce(all, 'system:authenticated');
  return { name, ...(uid && { uid }), groups: all, ...(extra && { extra }) };
}

/** The groups of whom the API server knows by the name. */
function fixedGroups(mode: Mode, username: string): string[] {
  const account = splitServiceAccountUser(username);
  if (account) return serviceAccountGroups(account.namespace);
  return mode.name !== '' && nodeOf(username) !== undefined ? ['system:nodes'] : [];
}

function addOnce(groups: string[], group: string): void {
  if (!groups.includes(group)) groups.push(group);
}

const isNameAlone = ({ uid, groups, extra = {} }: Impersonation) => !uid && groups.length === 0 && Object.keys(extra).length === 0;

const nodePrefix = 'system:node:';

function nodeOf(username: string): string | undefined {
  const name = username.slice(nodePrefix.length);
  return username.startsWith(nodePrefix) && dns1123Subdomain(name).length === 0 ? name : undefined;
}

/** Does the ServiceAccount's token say that its pod runs on that node? */
function isOnNode(requestor: User, username: string): boolean {
  const nodes = requestor.extra?.['authentication.kubernetes.io/node-name'] ?? [];
  const node = nodeOf(username);
  return node !== undefined && splitServiceAccountUser(requestor.name) !== undefined && nodes.length === 1 && nodes[0] === node;
}

/** Go's `%#v` of the user asked for. */
function goUser({ name, uid = '', groups, extra }: Impersonation): string {
  const quotedGroups = groups.length === 0 ? '[]string(nil)' : `[]string{${goStrings(groups).slice(1, -1).replaceAll('" "', '", "')}}`;
  const pairs = Object.entries(extra ?? {}).map(([key, values]) => {
    return `${JSON.stringify(key)}:[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`;
  });
  const quotedExtra = pairs.length === 0 ? 'map[string][]string(nil)' : `map[string][]string{${pairs.join(', ')}}`;
  return `&user.DefaultInfo{Name:${JSON.stringify(name)}, UID:${JSON.stringify(uid)}, Groups:${quotedGroups}, Extra:${quotedExtra}}`;
}
