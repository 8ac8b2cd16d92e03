/** `npm run bench -- NAME …`: answers the questions named, each in a process of its own, or lists them. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const questions: Readonly<Record<string, string>> = {
  api: 'api/main.ts',
  cluster: 'cluster/main.ts',
  scheduler: 'scheduler/main.ts',
  store: 'store/puts.ts',
};

const names = process.argv.slice(2);
if (names.length === 0) console.log(`npm run bench -- NAME …, with ${Object.keys(questions).join(', ')}`);
for (const name of names) {
  const script = questions[name];
  if (script === undefined) {
    console.error(`there is no bench ${JSON.stringify(name)}`);
    process.exit(2);
  }
  const { status } = spawnSync(process.execPath, ['--expose-gc', join(import.meta.dirname, script)], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
