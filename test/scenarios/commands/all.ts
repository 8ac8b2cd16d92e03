import type { Command } from '../command.ts';
import { annotate, label } from './annotate.ts';
import { apply } from './apply.ts';
import { cluster } from './cluster.ts';
import { cordon, uncordon } from './cordon.ts';
import { deletion } from './delete.ts';
import { drain } from './drain.ts';
import { events } from './events.ts';
import { foreground, output } from './background.ts';
import { get } from './get.ts';
import { logs } from './logs.ts';
import { patch } from './patch.ts';
import { powerOff, powerOn } from './power.ts';
import { rolloutHistory } from './rollout-history.ts';
import { rolloutPause, rolloutRestart, rolloutResume } from './rollout-change.ts';
import { rolloutStatus } from './rollout-status.ts';
import { rolloutUndo } from './rollout-undo.ts';
import { scale } from './scale.ts';
import { setImage } from './set-image.ts';
import { taint } from './taint.ts';
import { advance, now, settle } from './time.ts';
import { until } from './until.ts';
import { wait } from './wait.ts';
import { watch } from './watch.ts';

export const allCommands: readonly Command[] = [
  advance,
  annotate,
  apply,
  cluster,
  cordon,
  deletion,
  drain,
  events,
  foreground,
  get,
  label,
  logs,
  now,
  output,
  patch,
  powerOff,
  powerOn,
  rolloutHistory,
  rolloutPause,
  rolloutRestart,
  rolloutResume,
  rolloutStatus,
  rolloutUndo,
  scale,
  setImage,
  settle,
  taint,
  uncordon,
  until,
  wait,
  watch,
];
