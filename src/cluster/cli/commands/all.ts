import type { Command } from '../command.ts';
import { completion } from './completion.ts';
import { daemon } from './daemon.ts';
import { down } from './down.ts';
import { kubeconfig } from './kubeconfig.ts';
import { list } from './list.ts';
import { logs } from './logs.ts';
import { machine } from './machine.ts';
import { snapshot } from './snapshot.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { up } from './up.ts';
import { version } from './version.ts';

/** In the order in which help lists them. */
export const commands: readonly Command[] = [
  up,
  down,
  stop,
  start,
  list,
  status,
  logs,
  machine,
  snapshot,
  kubeconfig,
  version,
  completion,
  daemon,
];
