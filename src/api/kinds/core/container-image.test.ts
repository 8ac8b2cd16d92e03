import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultPullPolicy, imageTag } from './container-image.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const tags: readonly [image: string, tag: string][] = [
  ['nginx', 'latest'],
  ['nginx:1.29', '1.29'],
  ['registry.example.com:5000/team/app', 'latest'],
  ['registry.example.com:5000/team/app:v1', 'v1'],
  ['localhost:5000/app', 'latest'],
  [`nginx@${digest}`, ''],
  [`nginx:latest@${digest}`, 'latest'],
  ['Nginx', ''],
  ['', ''],
  ['nginx:bad tag', ''],
];

for (const [image, tag] of tags) test(`imageTag('${image.slice(0, 40)}') is '${tag}'`, () => assert.equal(imageTag(image), tag));

test('defaultPullPolicy() pulls what may have changed', () => {
  assert.equal(defaultPullPolicy('nginx'), 'Always');
  assert.equal(defaultPullPolicy('nginx:1'), 'IfNotPresent');
  assert.equal(defaultPullPolicy(`nginx@${digest}`), 'IfNotPresent');
});
