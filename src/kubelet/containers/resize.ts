import type { Container, Pod, ResourceRequirements } from '../../api/generated/core/v1.ts';
import { quantityFrom } from '../../api/kinds/core/resource-quantities.ts';
import { value } from '../../api/quantity.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import type { KubeletParts } from '../kubelet-parts.ts';
import { runningContainers, type PodView } from '../pods/pod-view.ts';
import { killContainer } from './kill-container.ts';
import { linuxResources } from './resources.ts';

type Parts = Pick<KubeletParts, 'runtime' | 'machine' | 'events' | 'env' | 'transport'>;

/** Gives one pod's running containers what its spec says now, where it has changed since they were started (in-place resize). */
export class Resizer {
  readonly #applied = new Map<string, ResourceRequirements>();

  /** True when a container was ended, because it is to see its new resources from its start. */
  async apply(parts: KubeletParts, pod: Pod, view: PodView, signal: AbortSignal): Promise<boolean> {
    let ended = false;
    const running = runningContainers(view);
    for (const id of this.#applied.keys()) if (!running.some((one) => one.id === id)) this.#applied.delete(id);
    for (const { id, metadata } of running) {
      const container = pod.spec.containers.find(({ name }) => name === metadata.name);
      if (!container) continue;
      const wanted = container.resources ?? {};
      const before = this.#applied.get(id);
      this.#applied.set(id, wanted);
      // A spec that was never changed is what the container was made of.
      const isNew = before === undefined && (pod.metadata.generation ?? 1) > 1;
      if (!isNew && (before === undefined || semanticallyEqual(before, wanted))) continue;
      if (before && needsRestart(container, before)) {
        const message = `Container ${container.name} resize requires restart`;
        await killContainer(parts, { pod, container, id, message, podIp: view.sandboxes[0]?.ips[0] ?? '', signal });
        ended = true;
      } else await this.#update(parts, pod, container, id);
    }
    return ended;
  }

  async #update({ runtime, machine }: Parts, pod: Pod, container: Container, id: string): Promise<void> {
    await runtime.updateContainerResources(id, linuxResources(pod, container, value(quantityFrom(machine.capacity['memory']))));
  }
}

function needsRestart({ resources = {}, resizePolicy = [] }: Container, before: ResourceRequirements): boolean {
  return resizePolicy.some(
    ({ resourceName, restartPolicy }) =>
      restartPolicy === 'RestartContainer' &&
      (before.requests?.[resourceName] !== resources.requests?.[resourceName] ||
        before.limits?.[resourceName] !== resources.limits?.[resourceName]),
  );
}
