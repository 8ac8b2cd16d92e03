import type { Env } from '../base/env.ts';
import type { Node } from '../api/generated/core/v1.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { FileSystem } from '../machine/files.ts';
import type { ContainerRuntime } from '../runtime/cri.ts';
import type { KubeletConfig } from './config.ts';
import type { BackOff } from './containers/back-off.ts';
import type { ImagePuller } from './containers/image-puller.ts';
import type { ObjectReader } from './containers/object-reader.ts';
import type { Machine, ProbeTransport, ServiceSource, Volumes } from './ports.ts';
import type { ProbeManager } from './probes/probe-manager.ts';
import type { StatusManager } from './status/status-manager.ts';

/** What the parts of one kubelet share. */
export interface KubeletParts {
  readonly env: Env;
  readonly config: KubeletConfig;
  readonly nodeName: string;
  readonly client: Client;
  readonly runtime: ContainerRuntime;
  /** `containerd`: the scheme of container ids. */
  readonly runtimeName: string;
  readonly files: FileSystem;
  readonly machine: Machine;
  readonly transport: ProbeTransport;
  readonly volumes: Volumes;
  readonly services: ServiceSource;
  readonly objects: ObjectReader;
  readonly events: EventRecorder;
  readonly statuses: StatusManager;
  readonly images: ImagePuller;
  readonly probes: ProbeManager;
  readonly crashes: BackOff;
  /** The node's object as it was seen last. */
  readonly node: () => Node | undefined;
}
