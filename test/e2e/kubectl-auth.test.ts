/** Who may what: can-i, whoami, reconcile, tokens, impersonation. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKubectl, type Bed } from './each-kubectl.ts';
import { configMap, documents } from './manifests.ts';

/** kubectl with a token and nothing else. */
const withToken = (bed: Bed, token: string) => {
  const flags = ['--token', token, '--kubeconfig', '/dev/null', '--server', bed.under.server, '--insecure-skip-tls-verify'];
  return (line: string) => bed.kubectl.run([...flags, ...line.split(' ')]);
};

eachKubectl('kubectl auth and create token', (bed) => {
  test('can-i, for oneself, for others, for paths', async () => {
    const k = await bed.within();
    assert.equal(await k.ok('auth can-i create pods'), 'yes\n');
    assert.equal(await k.ok("auth can-i '*' '*' --all-namespaces"), 'yes\n');
    assert.equal(await k.ok('auth can-i get pods -q'), '');
    assert.equal((await k.run('auth can-i get pods --as jane')).stdout, 'no\n');
    assert.equal((await k.run('auth can-i get pods --as jane')).code, 1);
    await k.ok('create rolebinding view --clusterrole=view --group=readers');
    assert.equal(await k.ok('auth can-i get pods --as jane --as-group readers'), 'yes\n');
    assert.equal(await k.ok('auth can-i get pods --subresource=log --as jane --as-group readers'), 'yes\n');
    assert.equal((await k.run('auth can-i get secrets --as jane --as-group readers')).stdout, 'no\n');
    assert.equal(await k.ok('auth can-i get /version --as jane'), 'yes\n');
    assert.equal((await k.run('auth can-i get /metrics --as jane')).stdout, 'no\n');
    assert.match((await k.run('auth can-i nope nopes')).stderr, /the server doesn't have a resource type 'nopes'/);
  });

  test('can-i --list', async () => {
    const k = await bed.within();
    await k.ok('create role reader --verb=get,list --resource=pods --resource-name=one');
    await k.ok('create rolebinding reader --role=reader --user=jane');
    const list = await k.ok('auth can-i --list --as jane');
    assert.match(list, /^Resources +Non-Resource URLs +Resource Names +Verbs\n/);
    assert.match(list, /^pods +\[\] +\[one\] +\[get list\]$/m);
    assert.match(list, /^selfsubjectreviews\.authentication\.k8s\.io +\[\] +\[\] +\[create\]$/m);
    assert.match(list, /^ +\[\/healthz\] +\[\] +\[get\]$/m);
    assert.match(await k.ok('auth can-i --list'), /^\*\.\* +\[\] +\[\] +\[\*\]$/m);
  });

  test('whoami', async () => {
    const k = bed.shell;
    // kubectl 1.27 asks for beta versions only, which Kubernetes 1.36 has no more.
    if (bed.minor < 28) {
      assert.match(await k.fails('auth whoami'), /the selfsubjectreviews API is not enabled in the cluster/);
      return;
    }
    assert.match(await k.ok('auth whoami'), /^Username +kubernetes-admin\nGroups +\[kubeadm:cluster-admins system:authenticated\]$/m);
    const review = JSON.parse(await k.ok('auth whoami -o json --as jane --as-group dev --as-uid 7')) as { status: unknown };
    assert.deepEqual(review.status, { userInfo: { username: 'jane', uid: '7', groups: ['dev', 'system:authenticated'] } });
  });

  test('reconcile adds what is missing, and removes what is too much when asked', async () => {
    const k = await bed.within();
    const kind = (name: string) =>
      `apiVersion: rbac.authorization.k8s.io/v1\nkind: ${name}\nmetadata: {name: r, namespace: ${k.namespace}}\n`;
    const rules = (verbs: string) => `${kind('Role')}rules: [{apiGroups: [''], resources: [pods], verbs: [${verbs}]}]\n`;
    const binding = `${kind('RoleBinding')}roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: [{kind: User, name: jane}]\n`;
    const said = await k.ok('auth reconcile -f -', documents(rules('get'), binding));
    assert.match(
      said,
      /^role\.rbac\.authorization\.k8s\.io\/r reconciled\n[\s\S]*rolebinding\.rbac\.authorization\.k8s\.io\/r reconciled\n/,
    );
    assert.equal(await k.ok('auth can-i get pods --as jane'), 'yes\n');
    await k.ok('auth reconcile -f -', rules('list'));
    assert.equal(await k.ok('get role r -o jsonpath={.rules[*].verbs[*]}'), 'get list');
    await k.ok('auth reconcile -f - --remove-extra-permissions', rules('watch'));
    assert.equal(await k.ok('get role r -o jsonpath={.rules[*].verbs[*]}'), 'watch');
  });

  test('nobody gives more than they have', async () => {
    const k = await bed.within();
    await k.ok('create role maker --verb=create,get --resource=roles,rolebindings');
    await k.ok('create rolebinding maker --role=maker --user=jane');
    const more = await k.fails('create role more --verb=get --resource=secrets --as jane');
    assert.match(
      more,
      /roles\.rbac\.authorization\.k8s\.io "more" is forbidden: user "jane" \(groups=\["system:authenticated"\]\) is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\[""\], Resources:\["secrets"\], Verbs:\["get"\]\}/,
    );
    assert.match(
      await k.fails('create rolebinding more --clusterrole=view --user=jane --as jane'),
      /attempting to grant RBAC permissions not currently held/,
    );
  });

  test('tokens of service accounts do what their roles allow', async () => {
    const k = await bed.within();
    await k.ok('create serviceaccount robot');
    await k.ok('create role reader --verb=get,list --resource=pods');
    await k.ok(`create rolebinding reader --role=reader --serviceaccount=${k.namespace}:robot`);
    const asRobot = withToken(bed, (await k.ok('create token robot')).trim());
    assert.equal((await asRobot(`-n ${k.namespace} get pods`)).code, 0);
    const name = `system:serviceaccount:${k.namespace}:robot`;
    assert.equal(
      (await asRobot(`-n ${k.namespace} get secrets`)).stderr,
      `Error from server (Forbidden): secrets is forbidden: User "${name}" cannot list resource "secrets" in API group "" in the namespace "${k.namespace}"\n`,
    );
    assert.match(
      (await withToken(bed, 'nonsense')('get pods')).stderr,
      /You must be logged in to the server \((Unauthorized|the server has asked for the client to provide credentials)\)/,
    );
    assert.equal((await k.run(`auth can-i list pods --as ${name}`)).stdout, 'yes\n');
  });

  test('create token: duration, audience, bound objects', async () => {
    const k = await bed.within();
    await k.ok('create secret generic s');
    const claims = async (line: string) => {
      const [, body] = (await k.ok(`create token default ${line}`)).trim().split('.');
      return JSON.parse(Buffer.from(body!, 'base64url').toString()) as Record<string, unknown> & { exp: number; iat: number };
    };
    const hour = await claims('--duration=1h --audience=me');
    assert.equal(hour.exp - hour.iat, 3600);
    assert.deepEqual(hour['aud'], ['me']);
    assert.equal(hour['sub'], `system:serviceaccount:${k.namespace}:default`);
    const bound = (await k.ok('create token default --bound-object-kind=Secret --bound-object-name=s')).trim();
    const access = withToken(bed, bound);
    assert.doesNotMatch((await access(`-n ${k.namespace} get pods`)).stderr, /logged in/);
    await k.ok('delete secret s');
    assert.match((await access(`-n ${k.namespace} get pods`)).stderr, /You must be logged in/);
    assert.match(await k.fails('create token default --bound-object-kind=Pod --bound-object-name=none'), /pods "none" not found/);
    assert.equal(await k.fails('create token none'), 'error: failed to create token: serviceaccounts "none" not found\n');
    assert.match(await k.fails('create token default --duration=1s'), /may not specify a duration (less than|shorter than) 10 ?m/);
  });

  test('--as needs the right to impersonate', async () => {
    const k = await bed.within();
    await k.ok('create serviceaccount robot');
    const asRobot = withToken(bed, (await k.ok('create token robot')).trim());
    assert.equal(
      (await asRobot('get pods --as jane')).stderr,
      `Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:${k.namespace}:robot" cannot impersonate-on:user-info:list resource "pods" in API group "" in the namespace "default"\n`,
    );
    await k.ok('create -f - --as jane --as-group system:masters', configMap('c'));
  });
});
