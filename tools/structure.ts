/** Holds the house's shape: who imports whom, no cycles, no globals in the core, no barrels. Prints each breach with its place. */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { bannedGlobals, layers } from './layers.ts';

const root = resolve(import.meta.dirname, '..');
const sources = filesBelow(join(root, 'src')).filter((file) => file.endsWith('.ts') && !file.includes('/generated/'));
const builtins = new Set(builtinModules);
const problems: string[] = [];
const imports = new Map<string, string[]>();

for (const file of sources) {
  const here = relative(join(root, 'src'), file);
  const layerName = layerOf(here);
  const layer = layerName === undefined ? undefined : layers[layerName];
  const isTest = /\.(test|contract)\.ts$/.test(file);
  if (!layer) {
    problems.push(`${here}: stands in no layer (tools/layers.ts)`);
    continue;
  }
  const text = readFileSync(file, 'utf8');
  const edges: string[] = [];
  for (const { specifier, line, typeOnly } of importsOf(text)) {
    const at = `src/${here}:${line}`;
    if (specifier.startsWith('.')) {
      const target = resolve(dirname(file), specifier);
      const targetLayer = layerOf(relative(join(root, 'src'), target));
      if (targetLayer !== undefined && targetLayer !== layerName && !layer.imports.includes(targetLayer) && !isTest)
        problems.push(`${at}: ${layerName} may not import ${targetLayer}`);
      if (!typeOnly) edges.push(target);
      continue;
    }
    const name = specifier.replace(/^node:/, '');
    if (specifier.startsWith('node:') || builtins.has(name)) {
      if (!layer.edge && !isTest) problems.push(`${at}: ${layerName} is core and may not use ${specifier}`);
    } else if (!isTest && !layer.packages?.includes(packageOf(specifier)))
      problems.push(`${at}: ${layerName} may not use the package ${packageOf(specifier)}`);
  }
  imports.set(file, edges);
  if (!layer.edge && !isTest)
    problems.push(...globalsIn(text).map(({ line, name, instead }) => `src/${here}:${line}: ${name} in the core; use ${instead}`));
  if (/^export \* from/m.test(text)) problems.push(`src/${here}: re-exports a whole module; name what is meant where it is used`);
}
problems.push(...cycles().map((cycle) => `import cycle: ${cycle.map((file) => relative(root, file)).join(' → ')}`));

for (const problem of problems) console.error(problem);
console.log(`structure: ${sources.length} files, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function layerOf(path: string): string | undefined {
  const [first = '', second = ''] = path.split('/');
  return layers[`${first}/${second}`] ? `${first}/${second}` : layers[first] ? first : undefined;
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function* importsOf(text: string): Generator<{ specifier: string; line: number; typeOnly: boolean }> {
  const pattern = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;
  for (const match of text.matchAll(pattern)) {
    const specifier = match[2] ?? match[3];
    if (specifier === undefined) continue;
    // An `import('…')` is a dynamic import or a type; neither makes a cycle at load.
    yield { specifier, line: text.slice(0, match.index).split('\n').length, typeOnly: match[1] !== undefined || match[3] !== undefined };
  }
}

function globalsIn(text: string): { line: number; name: string; instead: string }[] {
  const bare = text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/\/\/[^\n]*/g, '')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
  const found = [];
  for (const [name, instead] of Object.entries(bannedGlobals)) {
    const pattern = new RegExp(`(?<![\\w.$#'])${name}(?![\\w$:?]|\\s*:)`, 'g');
    for (const match of bare.matchAll(pattern))
      found.push({ line: bare.slice(0, match.index).split('\n').length, name: name.replaceAll('\\', ''), instead });
  }
  return found;
}

/** Every strongly connected knot of modules, by one walk (Tarjan). */
function cycles(): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string) => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const next of imports.get(file) ?? []) {
      if (!index.has(next)) {
        visit(next);
        low.set(file, Math.min(low.get(file)!, low.get(next)!));
      } else if (stack.includes(next)) low.set(file, Math.min(low.get(file)!, index.get(next)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const knot = stack.splice(stack.indexOf(file));
    if (knot.length > 1) found.push(knot);
  };
  for (const file of imports.keys()) if (!index.has(file)) visit(file);
  return found;
}
