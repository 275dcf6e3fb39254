import type { Component } from 'svelte';
import type { ClassCurve, Evaluation } from '../../electron/common/entities.ts';
import type { TaskName } from '../../electron/common/heads.ts';
import type { PartLinks } from './part-links.ts';
import WhatPanel from './WhatPanel.svelte';
import WherePanel from './WherePanel.svelte';

interface PanelProps<Scores> {
  scores: Scores;
  parts: PartLinks | null;
  /** Null until they are known. */
  curves: readonly ClassCurve[] | null;
  lack: string;
}

/** What the Evaluate page shows of each head. */
const panels: { readonly [Name in TaskName]: Component<PanelProps<Evaluation[Name]>> } = {
  imageClass: WhatPanel,
  boxes: WherePanel,
};

export const panelOf = (task: TaskName): Component<PanelProps<Evaluation[TaskName]>> =>
  panels[task] as Component<PanelProps<Evaluation[TaskName]>>;
