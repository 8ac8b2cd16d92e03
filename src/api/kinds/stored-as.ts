import type { Draft } from '../draft.ts';
import type { StoredAs } from '../kind.ts';
import { apiVersionOf, type GroupVersion, type KubeObject } from '../meta.ts';

type Change = (object: Draft<KubeObject>) => void;

/**
 * Storage in another version of the same kind. `up` and `down` change the draft in place where the
 * two versions differ in more than their name; the apiVersion is seen to.
 */
export function storedAs(from: GroupVersion, stored: GroupVersion, up: Change = nothing, down: Change = nothing): StoredAs {
  const convert = (object: Draft<KubeObject>, to: GroupVersion, change: Change) => {
    change(object);
    object.apiVersion = apiVersionOf(to);
    return object;
  };
  return {
    ...stored,
    toStored: (object) => convert(object, stored, up),
    fromStored: (object) => convert(object, from, down),
  };
}

const nothing: Change = () => {};
