/** `node tools/flags/main.ts`: writes `docs/reference/flags.md`. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { serverFlags } from '../../src/apiserver/command-line.ts';
import { managerFlags } from '../../src/controllers/command-line.ts';
import { schedulerFlags } from '../../src/scheduler/command-line.ts';
import { page } from './page.ts';

export const pagePath = 'docs/reference/flags.md';

export const flagsPage = (): string =>
  page([
    { name: 'kube-apiserver', flags: serverFlags },
    { name: 'kube-controller-manager', flags: managerFlags },
    { name: 'kube-scheduler', flags: schedulerFlags },
  ]);

if (import.meta.main) writeFileSync(join(resolve(import.meta.dirname, '../..'), pagePath), flagsPage());
