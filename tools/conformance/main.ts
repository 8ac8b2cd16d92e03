/** `node tools/conformance/main.ts`: writes `docs/reference/conformance.md`. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { page } from './page.ts';
import { findShown } from './shown.ts';
import { readSuite } from './suite.ts';

export const pagePath = 'docs/reference/conformance.md';

export function conformancePage(root: string): string {
  const suite = readSuite(root);
  return page(suite, findShown(root, suite));
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '../..');
  writeFileSync(join(root, pagePath), conformancePage(root));
}
