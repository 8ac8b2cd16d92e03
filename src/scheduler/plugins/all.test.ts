import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultPlugins } from './all.ts';
import { PluginBench } from './test-objects.ts';

test('the default plugins are kube-scheduler’s, in its order and with its weights', () => {
  assert.deepEqual(
    defaultPlugins.map(({ name, weight }) => (weight === undefined ? name : `${name} ${weight}`)),
    [
      'SchedulingGates',
      'NodeUnschedulable',
      'NodeName',
      'TaintToleration 3',
      'NodeAffinity 2',
      'NodePorts',
      'NodeResourcesFit 1',
      'VolumeRestrictions',
      'NodeVolumeLimits',
      'VolumeBinding',
      'VolumeZone',
      'PodTopologySpread 2',
      'InterPodAffinity 2',
      'DynamicResources',
      'DefaultPreemption',
      'NodeResourcesBalancedAllocation 1',
      'ImageLocality 1',
      'DefaultBinder',
    ],
  );
});

test('each plugin goes by the name of its factory, and says what may help those that it turns away', () => {
  for (const factory of defaultPlugins) {
    const { plugin } = new PluginBench(factory);
    assert.equal(plugin.name, factory.name);
    if (plugin.filter || plugin.preEnqueue) assert.ok(plugin.events && plugin.events.length > 0, plugin.name);
  }
});
