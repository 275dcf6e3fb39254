import type { Tensor } from '@tensorflow/tfjs';
import type { NamedTensors, StateSpec } from '../types.ts';
import type { Weighting } from './types.ts';

/** Name of a weighting's tensor in the state of a step. */
const stateOf = (name: string): string => `weighting/${name}`;

/** The tensors that a weighting keeps in the state of a step. */
export function weightingSpecs(weighting: Weighting | null, tasks: number): StateSpec[] {
  return Object.entries(weighting?.state ?? {}).map(([name, fill]) => ({
    name: stateOf(name),
    shape: [tasks],
    source: null,
    fill,
  }));
}

/** A weighting of the step's state: reads and writes under its names there. */
export function weightingState(weighting: Weighting, state: NamedTensors): Record<string, Tensor> {
  return Object.fromEntries(Object.keys(weighting.state).map((name) => [name, state[stateOf(name)]!]));
}

export const namedInState = (next: NamedTensors): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(next).map(([name, tensor]) => [stateOf(name), tensor]));
