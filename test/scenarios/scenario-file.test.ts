import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScenario, writeScenario } from './scenario-file.ts';

const text = `# What it is about.

cluster workers=1
----
v-control-plane v-worker

# Nothing is said.
settle
----

apply
kind: Pod

metadata: { name: a }
----
pod/a created

get pods,nodes
----
----
NAME
a

NAME
v-worker
----
----

# The end.
`;

test('a scenario is read and written as it was', () => {
  const scenario = parseScenario(text);
  assert.deepEqual(
    scenario.steps.map(({ line, command, input, answer }) => ({ line, command, input, answer })),
    [
      { line: 3, command: 'cluster workers=1', input: '', answer: 'v-control-plane v-worker' },
      { line: 8, command: 'settle', input: '', answer: '' },
      { line: 11, command: 'apply', input: 'kind: Pod\n\nmetadata: { name: a }', answer: 'pod/a created' },
      { line: 18, command: 'get pods,nodes', input: '', answer: 'NAME\na\n\nNAME\nv-worker' },
    ],
  );
  assert.equal(writeScenario(scenario), text);
});

test('a command without dashes is refused, with its line', () => {
  assert.throws(() => parseScenario('settle\n----\n\nadvance 1s\n'), /line 4: "advance 1s" is not followed by a line of ----/);
});
