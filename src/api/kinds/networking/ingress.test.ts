import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, statusProblems, type Manifest } from '../trial.ts';
import { Ingress } from './ingress.ts';
import { IngressClass } from './ingressclass.ts';

const backend = (port: Manifest = { number: 80 }) => ({ service: { name: 'web', port } });
const ingress = (spec: Manifest, metadata: Manifest = {}): Manifest => ({ metadata: { name: 'web', ...metadata }, spec });
const path = (parts: Manifest): Manifest =>
  ingress({ rules: [{ host: 'example.com', http: { paths: [{ backend: backend(), ...parts }] } }] });
const at = 'spec.rules[0].http.paths[0]';

const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  ['a prefix', path({ pathType: 'Prefix', path: '/' }), []],
  ['nothing', ingress({}), ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
  ['no path type', path({}), [`${at}.pathType: Required value: pathType must be specified`]],
  [
    'an unknown path type',
    path({ pathType: 'Regex', path: '/' }),
    [`${at}.pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"`],
  ],
  [
    'a path that is not plain',
    path({ pathType: 'Exact', path: 'a//b/..' }),
    [
      `${at}.path: Invalid value: "a//b/..": must be an absolute path`,
      `${at}.path: Invalid value: "a//b/..": must not contain '//'`,
      `${at}.path: Invalid value: "a//b/..": cannot end with '/..'`,
    ],
  ],
  ['no path at all, for the implementation to read', path({ pathType: 'ImplementationSpecific' }), []],
  [
    'both backends',
    ingress({ defaultBackend: { ...backend(), resource: { kind: 'A', name: 'b' } } }),
    ['spec.defaultBackend: Invalid value: "": cannot set both resource and service backends'],
  ],
  ['no backend', ingress({ defaultBackend: {} }), ['spec.defaultBackend: Invalid value: "": resource or service backend is required']],
  ['no port', ingress({ defaultBackend: backend({}) }), ['spec.defaultBackend: Required value: port name or number is required']],
  [
    'two ports',
    ingress({ defaultBackend: backend({ name: 'http', number: 80 }) }),
    ['spec.defaultBackend: Invalid value: "": cannot set both port name & port number'],
  ],
  ['a service whose name starts with a digit', ingress({ defaultBackend: { service: { name: '1web', port: { number: 80 } } } }), []],
  [
    'a resource of no kind',
    ingress({ defaultBackend: { resource: { kind: '', name: 'a/b' } } }),
    ['spec.defaultBackend.resource.kind: Required value', 'spec.defaultBackend.resource.name: Invalid value: "a/b": may not contain \'/\''],
  ],
  [
    'an address for a host',
    ingress({ rules: [{ host: '10.0.0.1' }] }),
    ['spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address'],
  ],
  ['rules without paths', ingress({ rules: [{ http: { paths: [] } }] }), ['spec.rules[0].http.paths: Required value']],
  ['wildcards', ingress({ rules: [{ host: '*.example.com' }], tls: [{ hosts: ['*.example.com'], secretName: 'tls' }] }), []],
];

for (const [what, manifest, problems] of cases) {
  test(`Ingress rules: ${what}`, () => assert.deepEqual(createProblems(Ingress, manifest), problems));
}

test('the old annotation and the class agree, and the annotation is deprecated', () => {
  const annotations = { 'kubernetes.io/ingress.class': 'old' };
  const both = ingress({ ingressClassName: 'new', defaultBackend: backend() }, { annotations });
  assert.deepEqual(createProblems(Ingress, both), [
    'annotations.kubernetes.io/ingress.class: Invalid value: "old": must match `ingressClassName` when both are specified',
  ]);
  assert.deepEqual(Ingress.strategy.warnings!(created(Ingress, both)), [
    'annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead',
  ]);
});

test('an Ingress’s row and status', () => {
  const rules = ['a', 'b', undefined, 'c', 'd'].map((host) => (host ? { host: `${host}.example` } : {}));
  const made = created(Ingress, ingress({ rules, tls: [{}], ingressClassName: 'nginx' }));
  const status = { loadBalancer: { ingress: [{ hostname: 'lb.example' }, { ip: '192.0.2.1' }] } };
  assert.deepEqual(row(Ingress, { ...made, status }), {
    Name: 'web',
    Class: 'nginx',
    Hosts: 'a.example,b.example,c.example + 2 more...',
    Address: '192.0.2.1,lb.example',
    Ports: '80, 443',
    Age: '<unknown>',
  });
  const plain = row(Ingress, created(Ingress, ingress({ defaultBackend: backend() })));
  assert.deepEqual([plain['Class'], plain['Hosts'], plain['Address'], plain['Ports']], ['<none>', '*', '', '80']);
  assert.deepEqual(statusProblems(Ingress, ingress({ rules }), status), []);
  assert.deepEqual(statusProblems(Ingress, ingress({ rules }), { loadBalancer: { ingress: [{ ip: 'x', hostname: '192.0.2.1' }] } }), [
    'status.loadBalancer.ingress[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    'status.loadBalancer.ingress[0].hostname: Invalid value: "192.0.2.1": must be a DNS name, not an IP address',
  ]);
});

test('an IngressClass has a controller, and parameters of the cluster unless of a namespace', () => {
  const ingressClass = (spec: Manifest): Manifest => ({ metadata: { name: 'nginx' }, spec });
  const parameters = { apiGroup: 'example.com', kind: 'Settings', name: 'own' };
  const made = created(IngressClass, ingressClass({ controller: 'example.com/ingress', parameters }));
  assert.equal(made.spec.parameters?.scope, 'Cluster');
  const { Controller: controller, Parameters: shown } = row(IngressClass, made);
  assert.deepEqual([controller, shown], ['example.com/ingress', 'Settings.example.com/own']);
  assert.deepEqual(createProblems(IngressClass, ingressClass({})), ['spec.controller: Required value']);
  assert.deepEqual(
    createProblems(IngressClass, ingressClass({ controller: 'example.com/a', parameters: { ...parameters, namespace: 'team' } })),
    ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
  );
  assert.deepEqual(
    createProblems(IngressClass, ingressClass({ controller: 'example.com/a', parameters: { ...parameters, scope: 'Namespace' } })),
    ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
  );
});
