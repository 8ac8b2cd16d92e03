/** `node tools/record/jsonpath-templates.ts`: what the real kubectl prints for each jsonpath template in the test data. */
import { resolve } from 'node:path';
import { kubectl, rerecord } from './kubectl.ts';

const folder = resolve(import.meta.dirname, '../../src/codec/jsonpath/testdata');

rerecord(resolve(folder, 'templates.json'), ({ template }) => {
  // The document has this label already: it comes out of `label --local` as it went in.
  const command = ['label', '--local', '--overwrite', '-f', resolve(folder, 'document.json'), 'x=y', '-o', `jsonpath=${String(template)}`];
  const { stdout, stderr, code } = kubectl(command, '');
  return { template, ...(code === 0 ? { output: stdout } : { error: problemIn(stderr, String(template)) }) };
});

function problemIn(stderr: string, template: string): string {
  const executing = /Error executing template: ([^]*?)\. Printing more information/.exec(stderr)?.[1];
  const parsing = stderr.startsWith(`error: error parsing jsonpath ${template}, `)
    ? stderr.slice(`error: error parsing jsonpath ${template}, `.length).replace(/\n$/, '')
    : undefined;
  return executing ?? parsing ?? stderr.trimEnd();
}
