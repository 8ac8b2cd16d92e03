import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PolicyRule } from '../../api/generated/rbac/v1.ts';
import { allow, allowPaths } from './bootstrap/notation.ts';
import { compactRules, ruleAllows, ruleText, uncoveredRules } from './rules.ts';

const user = { name: 'jane', groups: [] };

function allows(rule: PolicyRule, verb: string, what: string, name?: string): boolean {
  if (what.startsWith('/')) return ruleAllows(rule, { user, verb, path: what });
  const [path = '', group = ''] = what.split('@');
  const [resource = '', subresource] = path.split('/');
  return ruleAllows(rule, { user, verb, resource: { group, version: 'v1', resource, subresource, name } });
}

describe('ruleAllows()', () => {
  test('compares verb, group and resource', () => {
    const rule = allow('get list', 'core apps', 'pods deployments');
    assert.equal(allows(rule, 'get', 'pods'), true);
    assert.equal(allows(rule, 'list', 'deployments@apps'), true);
    assert.equal(allows(rule, 'delete', 'pods'), false);
    assert.equal(allows(rule, 'get', 'pods@batch'), false);
    assert.equal(allows(rule, 'get', 'pods/log'), false);
  });

  test('names limit a rule, and a call without a name is not within them', () => {
    const rule = allow('get', 'core', 'configmaps', 'a b');
    assert.equal(allows(rule, 'get', 'configmaps', 'b'), true);
    assert.equal(allows(rule, 'get', 'configmaps', 'c'), false);
    assert.equal(allows(rule, 'get', 'configmaps'), false);
  });

  test('a star covers subresources, and a star before a slash the subresource of anything', () => {
    assert.equal(allows(allow('*', '*', '*'), 'get', 'pods/log@x'), true);
    const scales = allow('get', '*', '*/scale');
    assert.equal(allows(scales, 'get', 'deployments/scale@apps'), true);
    assert.equal(allows(scales, 'get', 'deployments@apps'), false);
    assert.equal(allows(scales, 'get', 'deployments/status@apps'), false);
  });

  test('paths may end in a star; a rule of paths says nothing about resources', () => {
    const rule = allowPaths('get', '/healthz /livez/*');
    assert.equal(allows(rule, 'get', '/healthz'), true);
    assert.equal(allows(rule, 'get', '/healthz/ping'), false);
    assert.equal(allows(rule, 'get', '/livez/ping'), true);
    assert.equal(allows(allowPaths('*', '*'), 'get', 'pods'), false);
    assert.equal(allows(allow('*', '*', '*'), 'get', '/metrics'), false);
  });
});

describe('uncoveredRules()', () => {
  const missing = (owner: PolicyRule[], wanted: PolicyRule[]) => compactRules(uncoveredRules(owner, wanted)).map(ruleText);

  test('is empty when every part is held, be it by different rules', () => {
    const owner = [allow('get', 'core', 'pods'), allow('list', '*', '*')];
    assert.deepEqual(missing(owner, [allow('get list', 'core', 'pods')]), []);
  });

  test('names the parts that are not, put together by resource', () => {
    assert.deepEqual(missing([allow('get', 'core', 'pods')], [allow('get list watch', 'core', 'pods secrets')]), [
      '{APIGroups:[""], Resources:["pods"], Verbs:["list" "watch"]}',
      '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list" "watch"]}',
    ]);
  });

  test('a right to some names does not cover the right to all', () => {
    const some = allow('get', 'core', 'secrets', 'a b');
    assert.deepEqual(missing([some], [allow('get', 'core', 'secrets', 'a')]), []);
    assert.deepEqual(missing([some], [allow('get', 'core', 'secrets')]), ['{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}']);
    assert.deepEqual(missing([allow('get', 'core', 'secrets')], [some]), []);
  });

  test('paths are covered by a star above them', () => {
    assert.deepEqual(missing([allowPaths('get', '/api/*')], [allowPaths('get', '/api/v1 /version')]), [
      '{NonResourceURLs:["/version"], Verbs:["get"]}',
    ]);
  });

  test('the star of a subresource is covered by itself and by everything', () => {
    const scale = [allow('get', 'apps', 'deployments/scale')];
    assert.deepEqual(missing([allow('get', 'apps', '*/scale')], scale), []);
    assert.equal(missing([allow('get', 'apps', 'deployments')], scale).length, 1);
  });
});
