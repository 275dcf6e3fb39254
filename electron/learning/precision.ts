import type { TrainingConfig } from './config.ts';

/** What the choice of precision depends on. */
export interface PrecisionFacts {
  /** Whether the step runs as one graph: op by op there is float32 only. */
  readonly compiled: boolean;
  /** "CPU" or a graphics card's name. */
  readonly device: string;
  /** Whether the processor multiplies bfloat16 numbers itself. */
  readonly processorHasBfloat16: boolean;
}

export interface Precision {
  readonly convolutions: 'float32' | 'bfloat16';
  /** What people should know of it, as a part of a sentence; null where it is the usual. */
  readonly note: string | null;
}

/**
 * What convolutions compute with. `mixed` is taken at its word wherever there is a graph: a processor without bfloat16
 * emulates it. `auto` takes it only where it is known to be faster: on processors that have it. On NVIDIA cards float32
 * convolutions run as TF32 by themselves from the Ampere generation on, and what bfloat16 adds there is not measured.
 */
export function choosePrecision(asked: TrainingConfig['precision'], facts: PrecisionFacts): Precision {
  const { compiled, device, processorHasBfloat16 } = facts;
  if (asked === 'float32') return { convolutions: 'float32', note: null };
  if (!compiled) {
    const note = asked === 'mixed' ? 'in float32, since mixed precision needs the graph' : null;
    return { convolutions: 'float32', note };
  }
  const onProcessor = device === 'CPU';
  if (asked === 'mixed' && onProcessor && !processorHasBfloat16) {
    return {
      convolutions: 'bfloat16',
      note: 'convolutions in bfloat16, which this processor has to emulate',
    };
  }
  if (asked === 'mixed' || (onProcessor && processorHasBfloat16)) {
    return { convolutions: 'bfloat16', note: 'convolutions in bfloat16' };
  }
  return { convolutions: 'float32', note: null };
}
