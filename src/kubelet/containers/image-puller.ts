import type { Clock } from '../../base/clock.ts';
import type { Container, Pod } from '../../api/generated/core/v1.ts';
import type { EventRecorder, EventSeverity } from '../../client/event-recorder.ts';
import { CriError, type ContainerRuntime, type PodSandboxConfig } from '../../runtime/cri.ts';
import { BackOff } from './back-off.ts';
import { containerEvent } from './container-events.ts';
import { durationText } from './duration-text.ts';
import { StartError } from './start-error.ts';

/** A failed pull shows as `ErrImagePull` for so long before the wait shows as `ImagePullBackOff`: the time between two relists. */
const failureShownMs = 1000;

/** Sees that a container's image is there. Source: pkg/kubelet/images/image_manager.go. */
export class ImagePuller {
  readonly #runtime: ContainerRuntime;
  readonly #clock: Clock;
  readonly #events: EventRecorder;
  readonly #backOff = new BackOff(10_000, 300_000);
  readonly #lastFailure = new Map<string, string>();
  /** One image at a time (`serializeImagePulls`). */
  #pulling: Promise<unknown> = Promise.resolve();

  constructor(runtime: ContainerRuntime, clock: Clock, events: EventRecorder) {
    this.#runtime = runtime;
    this.#clock = clock;
    this.#events = events;
  }

  /** Resolves to the image's reference. Rejects with `StartError`. */
  async ensure(pod: Pod, container: Container, sandbox: PodSandboxConfig): Promise<string> {
    const { image = '', imagePullPolicy = 'IfNotPresent' } = container;
    const say = (type: EventSeverity, reason: string, message: string) =>
      containerEvent(this.#events, pod, container, type, reason, message);
    const found = await this.#inspect(image, say);
    const present = imagePullPolicy === 'Always' ? undefined : found;
    if (present !== undefined) {
      say('Normal', 'Pulled', `Container image "${image}" already present on machine and can be accessed by the pod`);
      return present;
    }
    if (imagePullPolicy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      say('Warning', 'ErrImageNeverPull', message);
      throw new StartError('ErrImageNeverPull', message, 10_000);
    }
    const key = `${pod.metadata.uid}_${image}`;
    const leftMs = this.#backOff.leftSinceFailure(key, this.#clock.now());
    if (leftMs > 0) {
      say('Normal', 'BackOff', `Back-off pulling image "${image}"`);
      const before = this.#lastFailure.get(key);
      throw new StartError('ImagePullBackOff', `Back-off pulling image "${image}"${before === undefined ? '' : `: ${before}`}`, leftMs);
    }
    return this.#pull(key, image, sandbox, say);
  }

  forget(podUid: string): void {
    this.#backOff.forget(`${podUid}_`);
    for (const key of this.#lastFailure.keys()) if (key.startsWith(`${podUid}_`)) this.#lastFailure.delete(key);
  }

  async #inspect(image: string, say: Say): Promise<string | undefined> {
    try {
      const found = await this.#runtime.imageStatus(image);
      return found && (found.repoDigests[0] ?? found.id);
    } catch (error) {
      const isNoName = error instanceof CriError && error.code === 'InvalidArgument';
      const message = isNoName
        ? `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${error.message.replace(/^failed to parse image ".*": /, '')}`
        : `Failed to inspect image "${image}": ${textOf(error)}`;
      say('Warning', 'InspectFailed', message);
      throw new StartError(isNoName ? 'InvalidImageName' : 'ImageInspectError', message, 10_000);
    }
  }

  async #pull(key: string, image: string, sandbox: PodSandboxConfig, say: Say): Promise<string> {
    say('Normal', 'Pulling', `Pulling image "${image}"`);
    const askedMs = this.#clock.now();
    try {
      const { ref, tookMs } = await this.#inTurn(image, sandbox);
      const { sizeBytes = 0 } = (await this.#runtime.imageStatus(image)) ?? {};
      const took = durationText(tookMs);
      const altogether = durationText(this.#clock.now() - askedMs);
      say(
        'Normal',
        'Pulled',
        `Successfully pulled image "${image}" in ${took} (${altogether} including waiting). Image size: ${sizeBytes} bytes.`,
      );
      this.#lastFailure.delete(key);
      return ref;
    } catch (error) {
      const message = textOf(error);
      say('Warning', 'Failed', `Failed to pull image "${image}": ${message}`);
      this.#backOff.next(key, this.#clock.now());
      this.#lastFailure.set(key, `ErrImagePull: ${message}`);
      throw new StartError('ErrImagePull', message, failureShownMs);
    }
  }

  #inTurn(image: string, sandbox: PodSandboxConfig): Promise<{ readonly ref: string; readonly tookMs: number }> {
    const turn = this.#pulling.then(async () => {
      const beganMs = this.#clock.now();
      const ref = await this.#runtime.pullImage(image, undefined, sandbox);
      return { ref, tookMs: this.#clock.now() - beganMs };
    });
    this.#pulling = turn.catch(() => {});
    return turn;
  }
}

type Say = (type: EventSeverity, reason: string, message: string) => void;
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
