/** The licences of others' work that ends up in the bundle, which each asks to be handed on with it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages that no module imports: the generated tables, with Kubernetes' own descriptions, are made from them. */
const sourcesOfGenerated = ['@kubernetes/client-node', 'kubernetes-models'];

/** `inputs` are the bundle's modules, as paths from `root`. Throws for a package without a licence. */
export function thirdPartyLicences(root: string, inputs: readonly string[]): string {
  const bundled = inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  const packages = [...new Set([...bundled, ...sourcesOfGenerated])].toSorted();
  return packages.map((name) => section(join(root, 'node_modules', name), name)).join('\n');
}

function section(folder: string, name: string): string {
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string; license: string };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file to hand on`);
  const title = `${name} ${version} (${license})`;
  return `${title}\n${'='.repeat(title.length)}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
