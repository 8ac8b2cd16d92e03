import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { toBase64, utf8 } from '../../../codec/bytes.ts';
import { certificateRequestPem, makeCertificateRequest } from '../../../codec/x509/certificate-request.ts';
import { nodeCrypto } from '../../../machine/real/crypto.ts';
import { fieldErrorText } from '../../field-error.ts';
import { created, createProblems, row, statusProblems, updated, updateProblems, type Manifest } from '../trial.ts';
import { CertificateSigningRequest } from './certificatesigningrequest.ts';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const pem = certificateRequestPem(makeCertificateRequest(nodeCrypto(), { commonName: 'jane', organizations: [] }, {}, key));
const request = (spec: Manifest = {}): Manifest => ({
  metadata: { name: 'jane' },
  spec: { request: toBase64(utf8(pem)), signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'], ...spec },
});
const write = { user: { name: 'approver', groups: [] }, nowMs: Date.parse('2026-03-04T05:06:07Z') };
const condition = (type: string, parts: Manifest = {}) => ({ type, status: 'True', ...parts });

test('who asks is whom the server knows, whatever the request says', () => {
  const made = created(CertificateSigningRequest, {
    ...request({ username: 'root', groups: ['system:masters'], uid: '0' }),
    status: { conditions: [condition('Approved')] },
  });
  const { username, groups, uid } = made.spec;
  assert.deepEqual([username, groups, uid, made.status], ['tester', [], undefined, {}]);
});

test('an update changes neither the request nor who asked', () => {
  const old = created(CertificateSigningRequest, request());
  const next = updated(CertificateSigningRequest, old, (draft) =>
    Object.assign(draft.spec, { username: 'root', signerName: 'example.com/other' }),
  );
  assert.deepEqual(next.spec, old.spec);
});

const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  ['a good one', request({ expirationSeconds: 600 }), []],
  [
    'no uses and a short life',
    request({ usages: [], expirationSeconds: 599 }),
    [
      'spec.usages: Required value',
      'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)',
    ],
  ],
  ['a use twice', request({ usages: ['signing', 'signing'] }), ['spec.usages[1]: Duplicate value: "signing"']],
  [
    'the signer of old',
    request({ signerName: 'kubernetes.io/legacy-unknown' }),
    ['spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version'],
  ],
  [
    'no request',
    request({ request: toBase64(utf8('hello')) }),
    ['spec.request: Invalid value: "aGVsbG8=": PEM block type must be CERTIFICATE REQUEST'],
  ],
];

for (const [what, manifest, problems] of cases) {
  test(`CertificateSigningRequest rules: ${what}`, () => assert.deepEqual(createProblems(CertificateSigningRequest, manifest), problems));
}

test('an unknown use is not supported', () => {
  assert.match(
    createProblems(CertificateSigningRequest, request({ usages: ['juggling'] })).join(),
    /^spec\.usages\[0\]: Unsupported value: "juggling": supported values: "any", "cert sign"/,
  );
});

/** The problems of writing `conditions` through the approval subresource, and what would be stored. */
function approve(conditions: Manifest[], before: Manifest[] = []) {
  const old = { ...created(CertificateSigningRequest, request()), status: { conditions: before } } as never;
  const draft = structuredClone(old) as { status: Manifest; spec: Manifest };
  draft.status = { conditions, certificate: 'bm90IG1pbmU=' };
  const { prepare, validate } = CertificateSigningRequest.strategy.subresourceUpdates!['approval']!;
  prepare(draft as never, old, write);
  return { stored: draft.status, problems: validate!(draft as never, old).map(fieldErrorText) };
}

test('approval writes conditions, stamps them, and nothing else', () => {
  const { stored, problems } = approve([condition('Approved')]);
  assert.deepEqual(problems, []);
  const now = '2026-03-04T05:06:07Z';
  assert.deepEqual(stored, { conditions: [condition('Approved', { lastUpdateTime: now, lastTransitionTime: now })] });
});

test('a condition that goes on keeps since when', () => {
  const since = { lastUpdateTime: '2026-01-01T00:00:00Z', lastTransitionTime: '2026-01-01T00:00:00Z' };
  const { stored } = approve([condition('Approved', { reason: 'Again' })], [condition('Approved', since)]);
  assert.deepEqual(stored['conditions'], [
    condition('Approved', { reason: 'Again', lastUpdateTime: '2026-03-04T05:06:07Z', lastTransitionTime: '2026-01-01T00:00:00Z' }),
  ]);
});

test('what is approved is not denied, taken back or doubted', () => {
  assert.deepEqual(approve([condition('Approved'), condition('Denied')]).problems, [
    'status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
  ]);
  assert.deepEqual(approve([], [condition('Approved')]).problems, [
    'status.conditions: Forbidden: updates may not remove a condition of type "Approved"',
  ]);
  assert.deepEqual(approve([condition('Approved', { status: 'False' }), condition('Odd', { status: 'Maybe' })]).problems, [
    'status.conditions[0].status: Unsupported value: "False": supported values: "True"',
    'status.conditions[1].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
  ]);
});

test('signers sign, but do not approve; others do neither', () => {
  const status = { conditions: [condition('Approved'), condition('Failed')] };
  assert.deepEqual(statusProblems(CertificateSigningRequest, request(), status, { conditions: [condition('Failed')] }), [
    'status.conditions: Forbidden: updates may not add a condition of type "Approved"',
  ]);
  const certificate = toBase64(utf8('not a certificate'));
  assert.deepEqual(statusProblems(CertificateSigningRequest, request(), { certificate }), [
    'status.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block',
  ]);
  assert.deepEqual(
    updateProblems(CertificateSigningRequest, request(), (next) => (next.status = { certificate })).at(-1),
    'status.certificate: Forbidden: updates may not set certificate content',
  );
});

test('a request’s row', () => {
  const made = created(CertificateSigningRequest, request({ expirationSeconds: 86_400 }));
  const condensed = (status: Manifest) => row(CertificateSigningRequest, { ...made, status })['Condition'];
  assert.deepEqual(
    [
      condensed({}),
      condensed({ conditions: [condition('Approved')], certificate: 'eA==' }),
      condensed({ conditions: [condition('Denied'), condition('Failed')] }),
    ],
    ['Pending', 'Approved,Issued', 'Denied,Failed'],
  );
  const { Requestor: requestor, RequestedDuration: duration } = row(CertificateSigningRequest, made);
  assert.deepEqual([requestor, duration], ['tester', '24h']);
});
