import type { Draft } from '../../api/draft.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../ports.ts';
import type { ResourceRequest } from './request.ts';

/** The admission plugins in their order: all that may change a request, then all that may refuse it. */
export class Admission {
  readonly #mutating: readonly AdmissionPlugin[];
  readonly #validating: readonly AdmissionPlugin[];

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#mutating = plugins.filter((plugin) => 'mutate' in plugin);
    this.#validating = plugins.filter((plugin) => 'validate' in plugin);
  }

  async mutate(request: AdmissionRequest): Promise<void> {
    for (const plugin of this.#mutating) {
      const change = plugin.mutate!(request);
      if (change) await change;
    }
  }

  async validate(request: AdmissionRequest): Promise<void> {
    for (const plugin of this.#validating) {
      const check = plugin.validate!(request);
      if (check) await check;
    }
  }
}

export interface Admitted {
  readonly operation: AdmissionRequest['operation'];
  readonly object?: Draft<KubeObject>;
  readonly old?: KubeObject;
  readonly dryRun: boolean;
}

export function admissionRequest({ call, context, kind, namespace, name }: ResourceRequest, admitted: Admitted): AdmissionRequest {
  return {
    call,
    user: context.user,
    kind,
    ...(namespace !== undefined && { namespace }),
    name: admitted.object?.metadata.name ?? name,
    ...(call.resource.subresource !== undefined && { subresource: call.resource.subresource }),
    ...admitted,
    warn: (text) => void context.warnings.push(text),
  };
}
