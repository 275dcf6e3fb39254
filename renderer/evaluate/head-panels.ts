import type { Component } from 'svelte';
import type { Evaluation } from '../../electron/common/entities.ts';
import type { TaskName } from '../../electron/common/heads.ts';
import WhatPanel from './WhatPanel.svelte';
import WherePanel from './WherePanel.svelte';

/** What the Evaluate page shows of each head. */
const panels: { readonly [Name in TaskName]: Component<{ scores: Evaluation[Name] }> } = {
  imageClass: WhatPanel,
  boxes: WherePanel,
};

export const panelOf = (task: TaskName): Component<{ scores: Evaluation[TaskName] }> =>
  panels[task] as Component<{ scores: Evaluation[TaskName] }>;
