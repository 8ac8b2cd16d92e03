import type { Kind } from '../../src/api/kind.ts';
import { allKinds } from '../../src/api/kinds/all.ts';
import { UsageError } from './arguments.ts';

const served = allKinds.filter((kind) => kind.servedByDefault);

/** `deployments`, `deployment`, `deploy`, `deployments.apps` → Deployment. Throws UsageError as kubectl does. */
export function kindNamed(word: string): Kind {
  const [name = '', ...group] = word.toLowerCase().split('.');
  const named = ({ plural, singular, shortNames }: Kind) => plural === name || singular === name || shortNames.includes(name);
  const kind = served.find((kind) => named(kind) && (group.length === 0 || kind.group === group.join('.')));
  if (!kind) throw new UsageError(`error: the server doesn't have a resource type "${word}"`);
  return kind;
}

export function kindOf(apiVersion: string, kind: string): Kind {
  const found = served.find((one) => one.kind === kind && (one.group === '' ? one.version : `${one.group}/${one.version}`) === apiVersion);
  if (!found) throw new UsageError(`error: no matches for kind "${kind}" in version "${apiVersion}"`);
  return found;
}

/** `deployment.apps/web`: how kubectl speaks of an object. */
export const nameWithKind = ({ singular, group }: Kind, name: string): string => `${singular}${group === '' ? '' : `.${group}`}/${name}`;

/** `deployment/web`, with its kind. */
export function targetOf(word: string): { readonly kind: Kind; readonly name: string } {
  const [kind = '', name = '', ...more] = word.split('/');
  if (kind === '' || name === '' || more.length > 0) throw new UsageError(`error: "${word}" is not KIND/NAME`);
  return { kind: kindNamed(kind), name };
}
