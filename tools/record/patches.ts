/** `node tools/record/patches.ts`: what the real kubectl makes of each patch in the test data. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { kubectl, rerecord } from './kubectl.ts';

const folder = mkdtempSync(join(tmpdir(), 'record-'));

for (const type of ['json', 'merge', 'strategic'])
  rerecord(resolve(import.meta.dirname, `../../src/api/patch/testdata/${type}.json`), ({ name, document, patch }) => {
    const file = join(folder, 'document.json');
    writeFileSync(file, JSON.stringify(document));
    const command = ['patch', '--local', '-f', file, '--type', type, '-p', JSON.stringify(patch), '-o', 'json'];
    const { stdout, stderr, code } = kubectl(command, '');
    const outcome = code === 0 ? { output: JSON.parse(stdout) as object } : { error: stderr.replace(/^error: /, '').replace(/\n$/, '') };
    return { name, document, patch, ...outcome };
  });
