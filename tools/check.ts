/** `npm run check`: every structural check side by side; prints what failed, and the time of each. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const bin = (name: string) => resolve(root, 'node_modules/.bin', name);

const checks: Readonly<Record<string, readonly string[]>> = {
  types: [bin('tsc'), '--noEmit'],
  lint: [bin('oxlint'), '--type-aware', '--deny-warnings'],
  format: [bin('oxfmt'), '--check'],
  structure: [process.execPath, 'tools/structure.ts'],
};

const results = await Promise.all(
  Object.entries(checks).map(async ([name, command]) => {
    const startMs = performance.now();
    const { code, output } = await run(command);
    return { name, code, output, seconds: (performance.now() - startMs) / 1000 };
  }),
);
for (const { name, code, output, seconds } of results) {
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`);
  if (code !== 0) console.log(output.trimEnd());
}
process.exitCode = results.some((result) => result.code !== 0) ? 1 : 0;

function run([program, ...args]: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    const child = spawn(program!, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${resolve(process.execPath, '..')}:${process.env['PATH']}` },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => done({ code: code ?? 1, output }));
  });
}
