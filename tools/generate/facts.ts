/** The project's own table of what the API's shape says (`facts.tsv`, which explains its form). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PackageFacts {
  /** `io.k8s.api.apps.v1` */
  readonly name: string;
  /** `apps/v1`, or `v1` for the core group; absent for packages without kinds. */
  readonly groupVersion?: string;
  readonly definitions: ReadonlyMap<string, DefinitionFacts>;
}

export interface DefinitionFacts {
  readonly own: Facts;
  readonly fields: ReadonlyMap<string, Facts>;
}

export type FactName = 'list' | 'keys' | 'map' | 'strategy' | 'merge' | 'default' | 'zero' | 'of' | 'go' | 'unions';
export type Facts = ReadonlyMap<FactName, string>;

export const factsFile = join(import.meta.dirname, 'facts.tsv');

export function readFacts(): PackageFacts[] {
  const packages: PackageFacts[] = [];
  let definitions = new Map<string, DefinitionFacts>();
  let fields = new Map<string, Facts>();
  for (const line of readFileSync(factsFile, 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [first = '', second = '', ...rest] = line.split('\t');
    if (first === 'package') {
      definitions = new Map();
      packages.push({ name: second, ...(rest[0] !== undefined && { groupVersion: rest[0] }), definitions });
    } else if (first === '') fields.set(second, factsOf(rest));
    else {
      fields = new Map();
      definitions.set(first, { own: factsOf(second === '' ? [] : [second, ...rest]), fields });
    }
  }
  return packages;
}

const names: ReadonlySet<string> = new Set<FactName>(['list', 'keys', 'map', 'strategy', 'merge', 'default', 'zero', 'of', 'go', 'unions']);
const isFactName = (name: string): name is FactName => names.has(name);

function factsOf(cells: readonly string[]): Facts {
  return new Map(
    cells.map((cell) => {
      const at = cell.indexOf('=');
      const name = cell.slice(0, at);
      if (!isFactName(name)) throw new Error(`facts.tsv: no such fact: ${cell}`);
      return [name, cell.slice(at + 1)];
    }),
  );
}
