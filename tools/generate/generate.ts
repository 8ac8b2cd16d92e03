/** From the packages and the facts to the text of every generated file. Pure but for reading its inputs. */
import { join, resolve } from 'node:path';
import { readModels, readOperations } from './client-node.ts';
import { joinDefinitions, modelNames } from './definitions.ts';
import { emitDescriptions, emitPackages, emitResources, emitSchemas } from './emit-schemas.ts';
import { emitTypes } from './emit-types.ts';
import { readFacts } from './facts.ts';
import { readNotes } from './kubernetes-models.ts';
import { emitProtobuf } from './protobuf.ts';
import { gatherResources } from './resources.ts';

export const root = resolve(import.meta.dirname, '../..');
export const modules = join(root, 'node_modules');

/** By path below `src/api/generated`. */
export function generate(): Map<string, string> {
  const clientNode = join(modules, '@kubernetes/client-node');
  const packages = readFacts();
  const models = readModels(clientNode);
  const notes = readNotes([join(modules, 'kubernetes-models'), join(modules, '@kubernetes-models/apimachinery')]);
  const definitions = joinDefinitions({ models, notes, packages });
  const resources = gatherResources(readOperations(clientNode), definitions, modelNames({ models, packages }));
  return new Map([
    ...emitTypes(definitions),
    ['schema-text.ts', emitSchemas(definitions)],
    ['description-text.ts', emitDescriptions(definitions)],
    ['resources.ts', emitResources(resources)],
    ['packages.ts', emitPackages(packages)],
    ['protobuf-text.ts', emitProtobuf()],
  ]);
}
