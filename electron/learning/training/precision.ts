import { graphicsCardCapability, processorHasBfloat16 } from '../../engine/device.ts';
import type { TrainingConfig } from '../config/schema.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';

/** What the choice of precision depends on. */
export interface PrecisionFacts {
  /** Whether the step runs as one graph: op by op there is float32 only. */
  readonly compiled: boolean;
  /** Whether the device multiplies bfloat16 numbers itself. */
  readonly hasBfloat16: boolean;
  /** Why not, as a part of a sentence, where that is worth saying; null where it is the usual. */
  readonly lack: Said | null;
}

export interface Precision {
  readonly convolutions: 'float32' | 'bfloat16';
  /** What people should know of it, as a part of a sentence; null where it is the usual. */
  readonly note: Said | null;
}

/** NVIDIA cards multiply bfloat16 numbers from this compute capability on (Ampere). */
const BFLOAT16_CAPABILITY = 8;

/**
 * What a device can.
 * @param device "CPU" or a graphics card's name
 * @param ask looks at the hardware; another one in tests
 */
export function bfloat16On(
  device: string,
  ask = { processor: processorHasBfloat16, card: graphicsCardCapability },
): Pick<PrecisionFacts, 'hasBfloat16' | 'lack'> {
  if (device === 'CPU') return { hasBfloat16: ask.processor(), lack: null };
  const capability = ask.card();
  if (capability === null) {
    return { hasBfloat16: false, lack: say('training.precision.unknownCard') };
  }
  if (capability >= BFLOAT16_CAPABILITY) return { hasBfloat16: true, lack: null };
  return {
    hasBfloat16: false,
    lack: say('training.precision.oldCard', { capability: capability.toFixed(1) }),
  };
}

/**
 * What convolutions compute with. `mixed` is taken at its word wherever there is a graph: a device without bfloat16
 * emulates it. `auto` takes it only on devices that have it.
 */
export function choosePrecision(asked: TrainingConfig['precision'], facts: PrecisionFacts): Precision {
  const { compiled, hasBfloat16, lack } = facts;
  if (asked === 'float32') return { convolutions: 'float32', note: null };
  if (!compiled) {
    const note = asked === 'mixed' ? say('training.precision.noGraph') : null;
    return { convolutions: 'float32', note };
  }
  if (hasBfloat16) return { convolutions: 'bfloat16', note: say('training.precision.bfloat16') };
  if (asked === 'mixed') {
    return { convolutions: 'bfloat16', note: say('training.precision.emulated') };
  }
  return { convolutions: 'float32', note: lack };
}
