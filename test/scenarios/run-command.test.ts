import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCommand } from './run-command.ts';
import { Session } from './session.ts';

describe('what a person does wrong is part of the answer', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['gte pods', 'unknown command "gte"'],
    ['advance', 'usage: advance DURATION'],
    ['settle now', 'usage: settle'],
    ['advance soon', 'time: invalid duration "soon"'],
    ['get pods --watch', 'unknown flag: --watch; usage: '],
    ['get pods -n', 'flag needs an argument: -n'],
    ['get dragons', `error: the server doesn't have a resource type "dragons"`],
    ['scale web 3', 'error: "web" is not KIND/NAME'],
    ['get pod/none', 'Error from server (NotFound): pods "none" not found'],
    ['power-off nowhere', 'there is no simulated node "nowhere"'],
    ['fg', 'nothing runs in the background'],
    ['scale deployment/web 3 &', '"scale" cannot run in the background'],
    ['cluster nodes=3', 'usage: cluster '],
  ];
  test('and nothing else', async () => {
    using session = new Session();
    assert.match(await runCommand(session, 'get pods', ''), /^there is no cluster yet/);
    await runCommand(session, 'cluster workers=0', '');
    for (const [command, answer] of wrong) {
      const came = await runCommand(session, command, '');
      assert.ok(came.startsWith(answer), `${command}: ${came}`);
    }
    assert.match(
      await runCommand(session, 'apply', 'kind: Pod\napiVersion: v9\nmetadata: {}'),
      /no matches for kind "Pod" in version "v9"/,
    );
  });
});
