import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Clock } from '../../base/clock.ts';
import type { ResourceCall, User } from '../../api/call.ts';
import type { SelfSubjectRulesReview, SubjectAccessReview } from '../../api/generated/authorization/v1.ts';
import { staticTokens } from '../authn/static-tokens.ts';
import { tokenUnion } from '../authn/token.ts';
import { allow, allowPaths, clusterRole, clusterRoleBinding, users } from '../authz/bootstrap/notation.ts';
import { rbacAuthorizer } from '../authz/rbac.ts';
import { RbacIndex } from '../authz/rbac-source.ts';
import { joinRules, nodeRules, rbacRules } from '../authz/rule-resolver.ts';
import type { Attributes, Authorizer, CallContext, VirtualHandler } from '../ports.ts';
import { localSubjectAccessReview, selfSubjectAccessReview, subjectAccessReview } from './access-review.ts';
import { selfSubjectReview, selfSubjectRulesReview } from './self-review.ts';
import { tokenReview } from './token-review.ts';

const jane: User = { name: 'jane', uid: '7', groups: ['dev', 'system:authenticated'], extra: { scope: ['a'] } };

const index = new RbacIndex();
index.set({ kind: 'ClusterRole', object: clusterRole('r', [allow('get', 'core', 'pods'), allowPaths('get', '/metrics')]) });
index.set({ kind: 'ClusterRoleBinding', object: clusterRoleBinding('r', users('jane')) });
const rbac = rbacAuthorizer(index);

function ask<Answer>(handler: VirtualHandler, body: object, { user = jane, namespace }: { user?: User; namespace?: string } = {}) {
  const call = { verb: 'create', resource: { group: '', version: 'v1', resource: 'reviews', namespace } } as unknown as ResourceCall;
  const context: CallContext = { receivedMs: 0, user, auditId: '', warnings: [] };
  return handler(call, context, { metadata: {}, ...body }) as Promise<Answer>;
}

const pods = { verb: 'get', resource: 'pods', namespace: 'default' };

describe('access reviews', () => {
  test('answer for oneself and for others, with the reason', async () => {
    const mine = await ask<SubjectAccessReview>(selfSubjectAccessReview(rbac), { spec: { resourceAttributes: pods } });
    const reason = 'RBAC: allowed by ClusterRoleBinding "r" of ClusterRole "r" to User "jane"';
    assert.deepEqual(mine.status, { allowed: true, reason });
    assert.deepEqual(mine.spec, { resourceAttributes: pods });
    const theirs = await ask<SubjectAccessReview>(subjectAccessReview(rbac), { spec: { user: 'bob', resourceAttributes: pods } });
    assert.deepEqual(theirs.status, { allowed: false });
    const path = await ask<SubjectAccessReview>(selfSubjectAccessReview(rbac), {
      spec: { nonResourceAttributes: { path: '/metrics', verb: 'get' } },
    });
    assert.equal(path.status.allowed, true);
  });

  test('say when it was denied rather than not allowed', async () => {
    const denying: Authorizer = { name: 'x', authorize: () => ({ verdict: 'deny', reason: 'no' }) };
    const review = await ask<SubjectAccessReview>(selfSubjectAccessReview(denying), { spec: { resourceAttributes: pods } });
    assert.deepEqual(review.status, { allowed: false, denied: true, reason: 'no' });
  });

  test('ask about any version where none is named, and pass field selectors on', async () => {
    const asked: Attributes[] = [];
    const recording: Authorizer = { name: 'x', authorize: (attributes) => (asked.push(attributes), { verdict: 'allow', reason: '' }) };
    const fieldSelector = { requirements: [{ key: 'spec.nodeName', operator: 'In', values: ['n1'] }] };
    await ask(selfSubjectAccessReview(recording), { spec: { resourceAttributes: { ...pods, fieldSelector } } });
    assert.equal(asked[0]?.resource?.version, '*');
    assert.deepEqual(asked[0]?.fieldSelector, [{ field: 'spec.nodeName', operator: '=', value: 'n1' }]);
  });

  test('say which part of a selector they could not read', async () => {
    const evaluate = async (selectors: object) =>
      (await ask<SubjectAccessReview>(selfSubjectAccessReview(rbac), { spec: { resourceAttributes: { ...pods, ...selectors } } })).status
        .evaluationError;
    assert.equal(
      await evaluate({ fieldSelector: { rawSelector: 'nonsense' } }),
      'spec.resourceAttributes.fieldSelector ignored due to parse error',
    );
    const half = {
      requirements: [
        { key: 'a', operator: 'Exists' },
        { key: 'b', operator: 'In', values: ['c'] },
      ],
    };
    assert.equal(await evaluate({ fieldSelector: half }), 'spec.resourceAttributes.fieldSelector partially ignored due to parse error');
    assert.equal(
      await evaluate({ labelSelector: { requirements: [{ key: 'a', operator: 'Near' }] } }),
      'spec.resourceAttributes.labelSelector ignored due to parse error',
    );
    assert.equal(await evaluate({ labelSelector: { rawSelector: 'a in (b)' } }), undefined);
  });

  test('refuse a question that is none, or is two', async () => {
    const problem = (handler: VirtualHandler, body: object) =>
      ask(handler, body).then(
        () => '',
        (error: Error) => error.message,
      );
    assert.equal(
      await problem(subjectAccessReview(rbac), { spec: {} }),
      'SubjectAccessReview.authorization.k8s.io "" is invalid: [spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified, spec.user: Invalid value: "": at least one of user or group must be specified]',
    );
    const both = { resourceAttributes: pods, nonResourceAttributes: { path: '/' } };
    assert.match(
      await problem(selfSubjectAccessReview(rbac), { spec: both }),
      /cannot be specified in combination with resourceAttributes/,
    );
    const named = { metadata: { name: 'x' }, spec: { resourceAttributes: pods } };
    assert.match(await problem(selfSubjectAccessReview(rbac), named), /metadata: Invalid value: .*: must be empty$/);
    const empty = { spec: { resourceAttributes: { ...pods, labelSelector: {} } } };
    assert.match(await problem(selfSubjectAccessReview(rbac), empty), /labelSelector\.requirements: Required value: when/);
  });

  test('LocalSubjectAccessReview is about its own namespace', async () => {
    const spec = { user: 'jane', resourceAttributes: pods };
    const review = await ask<SubjectAccessReview>(localSubjectAccessReview(rbac), { spec }, { namespace: 'default' });
    assert.equal(review.status.allowed, true);
    await assert.rejects(ask(localSubjectAccessReview(rbac), { spec }, { namespace: 'other' }), /must match metadata\.namespace/);
    const elsewhere = { metadata: { namespace: 'default' }, spec };
    await assert.rejects(ask(localSubjectAccessReview(rbac), elsewhere, { namespace: 'other' }), { code: 400 });
  });
});

describe('reviews of oneself', () => {
  test('SelfSubjectReview tells who I am, and since when it knows', async () => {
    const clock = { now: () => Date.UTC(2026, 10, 24) } as Clock;
    assert.deepEqual(await ask(selfSubjectReview(clock), { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }), {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'SelfSubjectReview',
      metadata: { creationTimestamp: '2026-11-24T00:00:00Z' },
      status: { userInfo: { username: 'jane', uid: '7', groups: ['dev', 'system:authenticated'], extra: { scope: ['a'] } } },
    });
  });

  test('SelfSubjectRulesReview lists rules of resources and of paths', async () => {
    const review = await ask<SelfSubjectRulesReview>(selfSubjectRulesReview(rbacRules(index)), { spec: { namespace: 'default' } });
    assert.deepEqual(review.status, {
      resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
      nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/metrics'] }],
      incomplete: false,
    });
    await assert.rejects(ask(selfSubjectRulesReview(rbacRules(index)), { spec: {} }), { code: 400, message: 'no namespace on request' });
  });

  test('a node is told that the list is not whole', async () => {
    const user: User = { name: 'system:node:n1', groups: ['system:nodes'] };
    const resolve = joinRules([nodeRules, rbacRules(index)]);
    const { status } = await ask<SelfSubjectRulesReview>(selfSubjectRulesReview(resolve), { spec: { namespace: 'a' } }, { user });
    assert.deepEqual([status.incomplete, status.evaluationError], [true, 'node authorizer does not support user rule resolution']);
  });
});

describe('TokenReview', () => {
  const tokens = tokenUnion([staticTokens(new Map([['t', { name: 'jane', groups: ['dev'] }]]))], ['api']);

  test('tells whose a token is, and for whom', async () => {
    const body = { spec: { token: 't' } };
    assert.deepEqual(await ask(tokenReview(tokens, ['api']), body), {
      metadata: {},
      spec: { token: 't' },
      status: { authenticated: true, user: { username: 'jane', groups: ['dev', 'system:authenticated'] }, audiences: ['api'] },
    });
  });

  test('tells why not, and wants a token', async () => {
    const { status } = await ask<{ status: object }>(tokenReview(tokens, ['api']), { spec: { token: 'x' } });
    assert.deepEqual(status, { user: {}, error: 'invalid bearer token' });
    await assert.rejects(ask(tokenReview(tokens, ['api']), { spec: {} }), { code: 400 });
  });
});
