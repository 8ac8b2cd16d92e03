import { isConflict, isNotFound } from '../../api/errors.ts';
import type { CustomResourceDefinition as Definition } from '../../api/generated/apiextensions/v1.ts';
import { CustomResourceDefinition } from '../../api/kinds/apiextensions/customresourcedefinition.ts';
import type { Client } from '../../client/client.ts';

/** Writes the status. Undefined when the definition has gone or changed meanwhile: its next change brings us back. */
export async function writeStatus(client: Client, crd: Definition): Promise<Definition | undefined> {
  try {
    return await client.updateStatus(CustomResourceDefinition, crd);
  } catch (error) {
    if (isNotFound(error) || isConflict(error)) return undefined;
    throw error;
  }
}
