import type { Invariant } from '../invariant.ts';
import { BudgetsCountRight, EndpointsAreReadyPods, QuotasCountRight } from './bookkeeping.ts';
import { BudgetsKept } from './budgets.ts';
import { TimesRunOnce } from './cron-jobs.ts';
import { DaemonsAvailable, OneDaemonPerNode } from './daemon-sets.ts';
import { CompletionsCountedOnce, ParallelismBound } from './jobs.ts';
import { BoundOnce, RoomOnNodes } from './placement.ts';
import { OneReplicaSetPerTemplate, RevisionsAreTemplates } from './revisions.ts';
import { AvailabilityBound, RecreateApart, SurgeBound } from './rollouts.ts';
import { DeletedIsGone, NoOrphans, WorkloadsComplete } from './settled.ts';
import { OrdinalsInOrder, OrdinalsRunOnce } from './stateful-sets.ts';
import { VersionsGoForward } from './versions.ts';
import { VolumesStayBound } from './volumes.ts';

/** New ones for each run: each remembers what it has seen. */
export const invariants = (): readonly Invariant[] => [
  new SurgeBound(),
  new AvailabilityBound(),
  new RecreateApart(),
  new OneReplicaSetPerTemplate(),
  new RevisionsAreTemplates(),
  new OrdinalsRunOnce(),
  new OrdinalsInOrder(),
  new OneDaemonPerNode(),
  new DaemonsAvailable(),
  new CompletionsCountedOnce(),
  new ParallelismBound(),
  new TimesRunOnce(),
  new BudgetsKept(),
  new VolumesStayBound(),
  new BoundOnce(),
  new RoomOnNodes(),
  new VersionsGoForward(),
  new DeletedIsGone(),
  new NoOrphans(),
  new WorkloadsComplete(),
  new EndpointsAreReadyPods(),
  new QuotasCountRight(),
  new BudgetsCountRight(),
];
