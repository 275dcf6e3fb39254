import type { Component } from 'svelte';
import type { Calibration, ClassCurve, Evaluation, Split } from '../../electron/common/entities.ts';
import type { TaskName } from '../../electron/common/heads.ts';
import type { PartLinks } from './part-links.ts';
import WhatPanel from './WhatPanel.svelte';
import WherePanel from './WherePanel.svelte';

/** What is asked for after the scores; each null until it is known. */
export interface ScoreDetails {
  readonly curves: readonly ClassCurve[] | null;
  readonly calibration: Calibration | null;
}

interface PanelProps<Scores> {
  scores: Scores;
  runId: string;
  split: Split;
  /** A part of the split `test` alone. */
  testSet: string | undefined;
  filter: string | undefined;
  parts: PartLinks | null;
  details: ScoreDetails;
  lack: string;
}

/** What the Evaluate page shows of each head. */
const panels: { readonly [Name in TaskName]: Component<PanelProps<Evaluation[Name]>> } = {
  imageClass: WhatPanel,
  boxes: WherePanel,
};

export const panelOf = (task: TaskName): Component<PanelProps<Evaluation[TaskName]>> =>
  panels[task] as Component<PanelProps<Evaluation[TaskName]>>;
