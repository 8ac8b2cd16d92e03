/** `npm run bench -- NAME …`: answers the questions named, or lists them. */
import { api } from './api/main.ts';
import { storePuts } from './store/puts.ts';

const questions: Readonly<Record<string, () => Promise<void>>> = { api, store: storePuts };

const names = process.argv.slice(2);
for (const name of names) {
  const question = questions[name];
  if (!question) {
    console.error(`there is no bench ${JSON.stringify(name)}`);
    process.exit(2);
  }
  await question();
}
if (names.length === 0) console.log(`npm run bench -- NAME …, with ${Object.keys(questions).join(', ')}`);
