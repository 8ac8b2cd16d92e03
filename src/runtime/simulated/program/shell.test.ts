import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRng } from '../../../base/rng.ts';
import { VirtualClock } from '../../../base/virtual-clock.ts';
import { ProgramRun, type ProgramFiles } from './run.ts';
import { parseShell, ShellSyntaxError } from './shell-syntax.ts';
import { Shell } from './shell.ts';

function memoryFiles(): ProgramFiles {
  const files = new Map<string, string>();
  return {
    read: (path) => files.get(path),
    list: (path) => (path === '/tmp' ? 'a\nb\n' : undefined),
    write: (path, text, append) => {
      files.set(path, (append ? (files.get(path) ?? '') : '') + text);
      return '';
    },
    remove: (path) => (files.delete(path) ? '' : undefined),
  };
}

/** What a script prints within a minute, with the seconds at which it does, and how it ends. */
async function story(source: string): Promise<string> {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const told: string[] = [];
  const seconds = () => clock.monotonic() / 1000;
  const variables = new Map([
    ['NAME', 'two words'],
    ['EMPTY', ''],
  ]);
  const shell = new Shell({ clock, rng: seededRng(1), hostname: 'web-0', variables, workingDir: '/work', mayServe: true });
  const host = {
    files: memoryFiles(),
    print: (stream: string, text: string) => void told.push(`${seconds()}${stream === 'stderr' ? '!' : ':'}${text.trimEnd()}`),
  };
  const run = new ProgramRun(
    clock,
    host,
    shell.argvProgram(['/bin/sh', '-c', source]),
    (exitCode) => void told.push(`${seconds()}=${exitCode}`),
  );
  run.start();
  await clock.advance(60_000);
  if (run.isServing) told.push('serves');
  run.stop();
  return told.join(' ');
}

describe('scripts of simulated containers', () => {
  const stories: readonly (readonly [source: string, story: string])[] = [
    // Lists and conditions.
    ['echo a; echo b', '0:a 0:b 0=0'],
    ['false || echo b && echo c', '0:b 0:c 0=0'],
    ['true && false', '0=1'],
    ['! false; echo $?', '0:0 0=0'],
    ['sleep 2 && exit 3', '2=3'],
    ['echo a # no more\necho b', '0:a 0:b 0=0'],
    ['(exit 4); echo $?; exit', '0:4 0=0'],
    ['{ echo a; echo b; } | cat', '0:a\nb 0=0'],
    ['if [ -f /x ]; then echo y; elif test 2 -gt 1; then echo z; else echo n; fi', '0:z 0=0'],
    ['set -e; false || true; if false; then :; fi; false && true; ! true; echo on; false; echo never', '0:on 0=1'],
    ['sh -ec "echo a; false; echo never"; echo $?', '0:a 0:1 0=0'],
    // Loops.
    ['for i in 1 $(seq 2 3); do echo $i; done', '0:1 0:2 0:3 0=0'],
    ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); sleep 1; done; echo $i', '3:3 3=0'],
    ['until [ -e /tmp/x ]; do sleep 5; touch /tmp/x; done; echo there', '5:there 5=0'],
    ['while true; do sleep 1; break; done; for i in 1 2; do continue; echo no; done', '1=0'],
    ['while :; do :; done', ''],
    // Words.
    ['echo $NAME "$NAME" \'$NAME\' \\$NAME "a\\"b"', '0:two words two words $NAME $NAME a"b 0=0'],
    ['for w in $NAME; do echo $w; done; for w in "$NAME"; do echo $w; done', '0:two 0:words 0:two words 0=0'],
    ['echo ${NONE:-else} ${EMPTY:-empty} ${NAME}s x$NONE"y"', '0:else empty two wordss xy 0=0'],
    ['echo $((2 + 3 * 4)) $(( (2+3)*4 % 7 )) $((7/2)) $((1<2 && 0))', '0:14 6 3 0 0=0'],
    ['echo "$(echo in "$(echo inner)")" `echo old`', '0:in inner old 0=0'],
    ['echo $(sleep 3; date +%S)', '3:03 3=0'],
    ['A=1 B=$NAME; echo $A$B; export C=3; echo $C; unset C; echo x$C', '0:1two words 0:3 0:x 0=0'],
    ['hostname; pwd; cd ..; pwd; ls /tmp', '0:web-0 0:/work 0:/ 0:a\nb 0=0'],
    ['date', '0:Thu Jan  1 00:00:00 UTC 2026 0=0'],
    ['printf "%s-%d\\n" a 5; echo -n b; echo -e "c\\td"', '0:a-5 0:b 0:c\td 0=0'],
    // Files.
    ['echo 1 > f; echo 2 >> f; cat f /work/f', '0:1\n2 0:1\n2 0=0'],
    ['echo gone > /dev/null; echo out >&2; echo both > f 2>&1; cat < f', '0!out 0:both 0=0'],
    ['cat none 2>/dev/null || echo missing; rm none', "0:missing 0!rm: can't remove 'none': No such file or directory 0=1"],
    ['echo x | tee a | tee -a b; cat a b', '0:x 0:x 0:x 0=0'],
    // What is not known.
    ['prepare; migrate --all && serve', 'serves'],
    ['if ready; then run; fi; echo after', '0:after 0=0'],
    ['setup && exec nginx -g "daemon off;"; echo never', 'serves'],
    ['curl -s http://x | sh', '0=0'],
    ['python3 -m http.server & sleep 5', '5=0'],
    ['nginx -v; python -c "print(1)"; tail -f /dev/null', 'serves'],
    ['sleep 3 & sleep 5 & wait; echo both', '5:both 5=0'],
    ['timeout 5 sleep 100; echo $?; timeout 5 sleep 1; echo $?', '5:124 6:0 6=0'],
    ['echo "echo in a file \\$1; exit 3" > /run.sh; sh /run.sh it', '0:in a file it 0=3'],
    ['sh -c -- "while true; do sleep 30; done;"', ''],
    ['sh /nowhere.sh', 'serves'],
    ['nc -z db 5432 && ping -c 1 db && nc -lk -p 80', 'serves'],
    ['sleep soon', "0!sleep: invalid time interval 'soon'\nTry 'sleep --help' for more information. 0=1"],
    ['sh -c "sleep 1; exit 9"; echo $?', '1:9 1=0'],
  ];
  for (const [source, told] of stories) test(JSON.stringify(source), async () => assert.equal(await story(source), told));

  test('what is not understood is refused, with the piece that it is', () => {
    for (const [source, what] of [
      ["echo 'x", "a ' is not closed"],
      ['if true; then echo', 'expected fi, found "the end"'],
      ['cat <<EOF', '<< is not understood'],
      ['case x in esac', 'case is not understood'],
      ['f() { echo; }', 'functions are not understood'],
      ['echo $(x', 'a $( is not closed'],
      ['; )', 'unexpected ")"'],
      ['a && ', 'unexpected "the end"'],
    ] as const)
      assert.throws(
        () => parseShell(source),
        (error) => error instanceof ShellSyntaxError && error.message === what,
        source,
      );
  });
});
