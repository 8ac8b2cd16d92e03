import { isConflict, isNotFound } from '../../api/errors.ts';
import type { Node as NodeObject } from '../../api/generated/core/v1.ts';
import { Node } from '../../api/kinds/core/node.ts';
import type { Client } from '../../client/client.ts';

const tries = 5;

/**
 * Changes a node from what is known of it, or, where others have changed it meanwhile, from what it
 * is by then. `change` answers undefined when nothing is left to do. Answers the node as it is now;
 * undefined when it has gone.
 */
export async function changeNode(
  client: Client,
  known: NodeObject,
  change: (node: NodeObject) => NodeObject | undefined,
  part: 'spec' | 'status' = 'spec',
): Promise<NodeObject | undefined> {
  let node = known;
  for (let attempt = 1; ; attempt++) {
    const next = change(node);
    if (!next) return node;
    try {
      return await (part === 'status' ? client.updateStatus(Node, next) : client.update(Node, next));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (!isConflict(error) || attempt === tries) throw error;
    }
    try {
      node = await client.get(Node, { name: known.metadata.name! });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}
