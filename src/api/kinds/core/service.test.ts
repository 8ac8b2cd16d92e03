import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, statusProblems, updated, updateProblems, type Manifest } from '../trial.ts';
import { Service } from './service.ts';

const ports = [{ port: 80 }];
const service = (spec: Manifest = {}): Manifest => ({ metadata: { name: 'web' }, spec: { ports, ...spec } });
const withAddress = (spec: Manifest = {}) => service({ clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], ipFamilies: ['IPv4'], ...spec });

test('a plain Service gets its defaults', () => {
  assert.deepEqual(created(Service, service({ clusterIP: '10.96.0.9' })), {
    metadata: { name: 'web' },
    spec: {
      type: 'ClusterIP',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      clusterIP: '10.96.0.9',
      clusterIPs: ['10.96.0.9'],
    },
    status: { loadBalancer: {} },
  });
});

test('defaults depend on the type and on each other', () => {
  const balanced = created(Service, service({ type: 'LoadBalancer', sessionAffinity: 'ClientIP' })).spec;
  assert.deepEqual(
    [balanced.allocateLoadBalancerNodePorts, balanced.externalTrafficPolicy, balanced.sessionAffinityConfig],
    [true, 'Cluster', { clientIP: { timeoutSeconds: 10_800 } }],
  );
  const named = created(Service, service({ type: 'ExternalName', externalName: 'example.com', ports: [] })).spec;
  assert.deepEqual([named.internalTrafficPolicy, named.externalTrafficPolicy], [undefined, undefined]);
  assert.equal(created(Service, service({ externalIPs: ['192.0.2.1'] })).spec.externalTrafficPolicy, 'Cluster');
  assert.equal(created(Service, service({ ports: [{ port: 80, targetPort: 'http' }] })).spec.ports?.[0]?.targetPort, 'http');
});

const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  ['a good one', withAddress(), []],
  ['a headless one without ports', service({ clusterIP: 'None', ports: [] }), []],
  ['no ports', withAddress({ ports: [] }), ['spec.ports: Required value']],
  [
    'a headless node port',
    service({ type: 'NodePort', clusterIP: 'None' }),
    ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services'],
  ],
  [
    'two ports without names',
    withAddress({ ports: [{ port: 80 }, { port: 80, name: 'a' }, { port: 443, name: 'a' }] }),
    [
      'spec.ports[0].name: Required value',
      'spec.ports[2].name: Duplicate value: "a"',
      'spec.ports[1]: Duplicate value: {"protocol":"TCP","port":80}',
    ],
  ],
  [
    'impossible ports',
    withAddress({ ports: [{ port: 70_000, targetPort: 'Web' }] }),
    [
      'spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'spec.ports[0].targetPort: Invalid value: "Web": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    ],
  ],
  [
    'a node port where there can be none',
    withAddress({ ports: [{ port: 80, nodePort: 30_080 }] }),
    ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
  ],
  [
    'a node port twice',
    withAddress({
      type: 'NodePort',
      ports: [
        { name: 'a', port: 80, nodePort: 30_080 },
        { name: 'b', port: 81, nodePort: 30_080 },
      ],
    }),
    ['spec.ports[1].nodePort: Duplicate value: 30080'],
  ],
  [
    'a node port once for each protocol',
    withAddress({
      type: 'NodePort',
      ports: [
        { name: 'a', port: 53, nodePort: 30_053 },
        { name: 'b', port: 53, protocol: 'UDP', nodePort: 30_053 },
      ],
    }),
    [],
  ],
  [
    'an unknown type',
    withAddress({ type: 'Anycast' }),
    ['spec.type: Unsupported value: "Anycast": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'],
  ],
  [
    'an external name with an address',
    service({ type: 'ExternalName', externalName: 'Example', clusterIP: '10.96.0.9', ports: [] }),
    [
      'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
      "spec.externalName: Invalid value: \"Example\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  ],
  ['no external name', service({ type: 'ExternalName', ports: [] }), ['spec.externalName: Required value']],
  ['a fully qualified external name', service({ type: 'ExternalName', externalName: 'example.com.', ports: [] }), []],
  [
    'an affinity out of bounds',
    withAddress({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86_401 } } }),
    ['spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400'],
  ],
  [
    'a loopback external IP',
    withAddress({ externalIPs: ['127.0.0.1'] }),
    ['spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  ],
  [
    'load balancer fields on another type',
    withAddress({ loadBalancerClass: 'example.com/lb', allocateLoadBalancerNodePorts: true, loadBalancerSourceRanges: ['10.0.0.0/8'] }),
    [
      "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
      "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
      "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
  ],
  ['a padded source range', withAddress({ type: 'LoadBalancer', loadBalancerSourceRanges: [' 10.0.0.0/8 '] }), []],
  [
    'an external policy that nobody needs',
    withAddress({ externalTrafficPolicy: 'Local' }),
    ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'],
  ],
  [
    'a health check that was given no port',
    withAddress({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' }),
    ['spec.healthCheckNodePort: Required value'],
  ],
  ['a traffic distribution', withAddress({ trafficDistribution: 'PreferSameNode' }), []],
  [
    'an unknown traffic distribution',
    withAddress({ trafficDistribution: 'Random' }),
    ['spec.trafficDistribution: Unsupported value: "Random": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"'],
  ],
  [
    'addresses that do not fit together',
    service({ clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.8', '10.96.0.7'], ipFamilies: ['IPv6', 'IPv6'], ipFamilyPolicy: 'Both' }),
    [
      'spec.clusterIPs: Invalid value: ["10.96.0.8","10.96.0.7"]: first value must match `clusterIP`',
      'spec.ipFamilies[1]: Duplicate value: "IPv6"',
      'spec.ipFamilyPolicy: Unsupported value: "Both": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
      'spec.clusterIPs: Invalid value: ["10.96.0.8","10.96.0.7"]: may specify no more than one IP for each IP family',
      'spec.clusterIPs[0]: Invalid value: "10.96.0.8": expected an IPv6 value as indicated by `ipFamilies[0]`',
      'spec.clusterIPs[1]: Invalid value: "10.96.0.7": expected an IPv6 value as indicated by `ipFamilies[1]`',
    ],
  ],
  [
    'a bad address, which hides what follows from it',
    service({ clusterIP: 'x', clusterIPs: ['x', '10.96.0.7'] }),
    ['spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
];

for (const [what, manifest, problems] of cases) {
  test(`Service rules: ${what}`, () => assert.deepEqual(createProblems(Service, manifest), problems));
}

test('the topology annotations agree', () => {
  const annotations = { 'service.kubernetes.io/topology-mode': 'Auto', 'service.kubernetes.io/topology-aware-hints': 'disabled' };
  assert.deepEqual(createProblems(Service, { ...withAddress(), metadata: { name: 'web', annotations } }), [
    'metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: "Auto": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified',
  ]);
});

test('applying the manifest again keeps what was given out', () => {
  const manifest = service({
    type: 'NodePort',
    ports: [
      { name: 'a', port: 80 },
      { name: 'b', port: 81 },
    ],
  });
  const old = created(Service, manifest);
  Object.assign(old.spec, { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] });
  old.spec.ports!.forEach((port, i) => Object.assign(port, { nodePort: 30_001 + i }));
  const again = updated(Service, old, (next) => Object.assign(next, structuredClone({ spec: manifest['spec'] })));
  assert.deepEqual([again.spec.clusterIP, again.spec.clusterIPs], ['10.96.0.9', ['10.96.0.9']]);
  assert.deepEqual(
    again.spec.ports?.map(({ nodePort }) => nodePort),
    [30_001, 30_002],
  );
});

test('a node port that another port now asks for is not handed back', () => {
  const old = created(Service, withAddress({ type: 'NodePort', ports: [{ name: 'a', port: 80, nodePort: 30_001 }] }));
  const next = updated(Service, old, (draft) => {
    draft.spec.ports = [
      { name: 'a', port: 80 },
      { name: 'b', port: 81, nodePort: 30_001 },
    ];
  });
  assert.deepEqual(
    next.spec.ports?.map(({ nodePort }) => nodePort),
    [undefined, 30_001],
  );
});

test('a Service that changes its type sheds what no longer applies', () => {
  const balanced = withAddress({
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 32_000,
    loadBalancerClass: 'example.com/lb',
    ports: [{ port: 80, nodePort: 30_001 }],
  });
  const plain = updated(Service, created(Service, balanced), (next) => (next.spec.type = 'ClusterIP'));
  assert.deepEqual(plain.spec, created(Service, withAddress()).spec);
  const named = updated(Service, created(Service, withAddress()), (next) =>
    Object.assign(next.spec, { type: 'ExternalName', externalName: 'example.com' }),
  );
  assert.deepEqual([named.spec.clusterIP, named.spec.clusterIPs, named.spec.ipFamilies], [undefined, undefined, undefined]);
});

const dual = {
  clusterIP: '10.96.0.9',
  clusterIPs: ['10.96.0.9', 'fd00::9'],
  ipFamilies: ['IPv4', 'IPv6'],
  ipFamilyPolicy: 'PreferDualStack',
};
const changes: readonly (readonly [what: string, before: Manifest, change: Manifest, problems: readonly string[]])[] = [
  [
    'another address',
    withAddress(),
    { clusterIP: '10.96.0.8' },
    ['spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set'],
  ],
  [
    'another family',
    withAddress(),
    { ipFamilies: ['IPv6'] },
    [
      'spec.clusterIPs[0]: Invalid value: "10.96.0.9": expected an IPv6 value as indicated by `ipFamilies[0]`',
      'spec.ipFamilies[0]: Invalid value: ["IPv6"]: may not change once set',
    ],
  ],
  ['a second family', withAddress(), { clusterIPs: dual.clusterIPs, ipFamilies: dual.ipFamilies }, []],
  [
    'the second one released without saying so',
    service(dual),
    { clusterIPs: ['10.96.0.9'], ipFamilies: ['IPv4'] },
    [
      'spec.ipFamilyPolicy: Invalid value: "PreferDualStack": must be set to \'SingleStack\' when releasing the secondary clusterIP',
      'spec.ipFamilyPolicy: Invalid value: "PreferDualStack": must be set to \'SingleStack\' when releasing the secondary ipFamily',
    ],
  ],
  ['the second one released', service(dual), { clusterIPs: ['10.96.0.9'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }, []],
  [
    'another class of load balancer',
    withAddress({ type: 'LoadBalancer', loadBalancerClass: 'example.com/a' }),
    { loadBalancerClass: 'example.com/b' },
    ['spec.loadBalancerClass: Invalid value: "example.com/b": may not change once set'],
  ],
  [
    'another health check port',
    withAddress({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 32_000 }),
    { healthCheckNodePort: 32_001 },
    ['spec.healthCheckNodePort: Forbidden: field is immutable'],
  ],
];

for (const [what, before, change, problems] of changes) {
  test(`Service updates: ${what}`, () => {
    assert.deepEqual(
      updateProblems(Service, before, (next) => Object.assign(next.spec, structuredClone(change))),
      problems,
    );
  });
}

test('the status of a load balancer', () => {
  const balanced = withAddress({ type: 'LoadBalancer' });
  const status = (...ingress: Manifest[]) => ({ loadBalancer: { ingress } });
  assert.deepEqual(statusProblems(Service, balanced, status({ ip: '192.0.2.1', ipMode: 'VIP' }, { hostname: 'lb.example.com' })), []);
  assert.deepEqual(statusProblems(Service, withAddress(), status({ ip: '192.0.2.1', ipMode: 'VIP' })), [
    "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
  ]);
  assert.deepEqual(statusProblems(Service, balanced, status({ ip: '192.0.2.1' }, { ipMode: 'VIP', hostname: '192.0.2.1' })), [
    'status.loadBalancer.ingress[0].ipMode: Required value: must be specified when `ip` is set',
    'status.loadBalancer.ingress[1].ipMode: Forbidden: may not be specified when `ip` is not set',
    'status.loadBalancer.ingress[1].hostname: Invalid value: "192.0.2.1": must be a DNS name, not an IP address',
  ]);
});

test('a Service’s row', () => {
  const shown = (manifest: Manifest, ingress: Manifest[] = []) => {
    const {
      'Cluster-IP': cluster,
      'External-IP': external,
      'Port(s)': portText,
      Selector: selector,
    } = row(Service, {
      ...created(Service, manifest),
      status: { loadBalancer: { ingress } },
    });
    return [cluster, external, portText, selector];
  };
  assert.deepEqual(shown(withAddress({ selector: { b: '2', a: '1' } })), ['10.96.0.9', '<none>', '80/TCP', 'a=1,b=2']);
  assert.deepEqual(shown(service({ type: 'ExternalName', externalName: 'example.com', ports: [] })), [
    '<none>',
    'example.com',
    '<none>',
    '<none>',
  ]);
  const balanced = withAddress({
    type: 'LoadBalancer',
    ports: [
      { port: 80, nodePort: 30_001 },
      { port: 53, protocol: 'UDP', name: 'dns' },
    ],
  });
  assert.deepEqual(shown(balanced), ['10.96.0.9', '<pending>', '80:30001/TCP,53/UDP', '<none>']);
  assert.equal(shown(balanced, [{ hostname: 'b.example.com' }, { ip: '192.0.2.1' }, { ip: '192.0.2.1' }])[1], '192.0.2.1,b.example.com');
});

test('a Service warns of what is ignored', () => {
  const warnings = (spec: Manifest) => Service.strategy.warnings!(created(Service, service(spec)));
  assert.deepEqual(warnings({ clusterIP: '10.96.0.9' }), []);
  assert.deepEqual(warnings({ clusterIP: 'None', externalIPs: ['192.0.2.1'], sessionAffinity: 'ClientIP' }), [
    'spec.externalIPs is ignored for headless services',
    'spec.SessionAffinity is ignored for headless services',
  ]);
  assert.deepEqual(warnings({ clusterIP: '10.96.0.9', externalName: 'x', trafficDistribution: 'PreferClose' }), [
    'spec.externalName is ignored when spec.type is not "ExternalName"',
    'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
  ]);
});
