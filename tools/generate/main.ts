/**
 * Makes `src/api/generated` from the published packages and the project's own table of facts.
 *
 *   node tools/generate/main.ts            generate
 *   node tools/generate/main.ts --verify   generate twice in memory, and compare with each other and with what is there
 */
import { join } from 'node:path';
import { outputFolder, readIfThere, stampOfInputs, writeGenerated } from './ensure.ts';
import { generate } from './generate.ts';

export { ensureGenerated } from './ensure.ts';

if (import.meta.main) {
  const startMs = performance.now();
  const files = generate();
  const problems = process.argv.includes('--verify') ? verify(files) : [];
  for (const problem of problems) console.error(problem);
  if (!process.argv.includes('--verify')) writeGenerated(files, stampOfInputs());
  console.log(`generated ${files.size} files in ${(performance.now() - startMs).toFixed(0)} ms, ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

function verify(files: ReadonlyMap<string, string>): string[] {
  const again = generate();
  return [...files].flatMap(([path, content]) => [
    ...(again.get(path) === content ? [] : [`${path}: two runs differ`]),
    ...((readIfThere(join(outputFolder, path)) ?? content) === content ? [] : [`${path}: is not what the generator makes`]),
  ]);
}
