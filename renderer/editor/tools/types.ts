import type { Component } from 'svelte';
import type { CommandKeys } from '../../key-presets.ts';
import type { PointerInput } from '../types.ts';
import type { GestureEditor, Phase } from '../gestures/phase.ts';

/** A tool says which gesture a press of the left button begins; panning and touch are the editor's own. */
export interface Tool {
  /** Keys of the command that chooses it. */
  readonly keys: CommandKeys;
  /** Icon of its button in the toolbar; a tool without one is chosen by its command. */
  readonly icon?: Component<{ size?: number; strokeWidth?: number }>;
  /** A press makes a box: lines through the pointer show where its sides would lie. */
  readonly draws: boolean;
  cursor(editor: GestureEditor): string;
  /** The first phase of the gesture. */
  press(editor: GestureEditor, input: PointerInput): Phase;
}
