import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../../api/generated/core/v1.ts';
import { PluginBench, testCluster, testNode, testPod } from '../test-objects.ts';
import { imageLocality, imagesOf, normalizedImageName, scoreOf } from './plugin.ts';

const mib = 1024 * 1024;
const having = (name: string, images: Record<string, number>): Node => {
  const node = testNode(name);
  return {
    ...node,
    status: { ...node.status, images: Object.entries(images).map(([image, sizeBytes]) => ({ names: [image], sizeBytes })) },
  };
};

test('names without a tag mean the latest', () => {
  assert.equal(normalizedImageName('nginx'), 'nginx:latest');
  assert.equal(normalizedImageName('registry:5000/nginx'), 'registry:5000/nginx:latest');
  assert.equal(normalizedImageName('registry:5000/nginx:1.27'), 'registry:5000/nginx:1.27');
});

test('all images count: of containers, init containers and image volumes', () => {
  const pod = testPod('p', {
    containers: [{ name: 'main', image: 'a:1' }],
    initContainers: [{ name: 'init', image: 'b' }],
    volumes: [
      { name: 'v', image: { reference: 'c:2' } },
      { name: 'w', emptyDir: {} },
    ],
  });
  assert.deepEqual(imagesOf(pod), ['b:latest', 'a:1', 'c:2']);
});

test('the score grows from 23 MiB to 1,000 MiB for each image', () => {
  assert.equal(scoreOf(0, 1), 0);
  assert.equal(scoreOf(23 * mib, 1), 0);
  assert.equal(scoreOf(1000 * mib, 1), 100);
  assert.equal(scoreOf(5000 * mib, 1), 100);
  assert.equal(scoreOf(1000 * mib, 2), 49);
});

test('a node with the image is better, less so when few nodes have it', () => {
  const cluster = testCluster([having('a', { 'app:latest': 900 * mib }), having('b', { 'other:latest': 900 * mib })]);
  assert.deepEqual(new PluginBench(imageLocality, { cluster }).scores(testPod('p')), { a: 43, b: 0 });
});

test('where no node tells of images there is nothing to score', () => {
  assert.equal(new PluginBench(imageLocality, { cluster: testCluster([testNode('a')]) }).scores(testPod('p')), undefined);
});
