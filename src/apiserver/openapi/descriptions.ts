/** What only OpenAPI tells of Kubernetes' types. A megabyte of text: import `openapi/` when it is first asked for. */
import { descriptionText } from '../../api/generated/description-text.ts';

export interface Described {
  readonly description: string;
  /** By field; those without a description are absent. */
  readonly fields: Readonly<Record<string, string>>;
  /** x-kubernetes-unions. */
  readonly unions?: unknown;
}

let all: Readonly<Record<string, Described>> | undefined;

/** By definition; undefined for custom resources. */
export function describe(definition: string): Described | undefined {
  all ??= JSON.parse(descriptionText) as Readonly<Record<string, Described>>;
  return Object.hasOwn(all, definition) ? all[definition] : undefined;
}
