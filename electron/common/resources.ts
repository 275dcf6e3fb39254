import { z } from 'zod';
import { SaidSchema } from './sentences/sentence.ts';

/** Milliseconds an image. */
const Times = z.object({ least: z.number(), median: z.number(), most: z.number() });
export type Times = z.infer<typeof Times>;

const BatchTimes = Times.extend({
  /** Images at once. */
  batch: z.number().int(),
  /** How often it was timed. */
  runs: z.number().int(),
  /** Largest memory of the whole program meanwhile, looked at a hundred times a second. */
  peakMemoryBytes: z.number(),
});
export type BatchTimes = z.infer<typeof BatchTimes>;

/** Numbers of images at once that are timed. */
export const TIMED_BATCHES = [1, 2, 4, 8, 16, 32] as const;

/** What a run costs where it is used. */
export const Resources = z.object({
  run: z.string(),
  /** After which the checkpoint was written. */
  epoch: z.number().int(),
  /** ISO 8601, UTC. */
  at: z.string(),
  seconds: z.number(),
  /** What it was measured on. */
  processor: SaidSchema,
  inputSize: z.number().int(),
  /** Trained numbers of the network, without the running statistics of batch norm. */
  parameters: z.number().int(),
  /** Counted for one image; null where the engine can't record what it does. */
  multiplyAdds: z.number().nullable(),
  /** Memory of the program before. */
  memoryBeforeBytes: z.number(),
  /** Reading, decoding and fitting a file into the input; null where the project has no file. */
  decode: Times.extend({ images: z.number().int() }).nullable(),
  /** First the engine. */
  runtimes: z.array(
    z.object({
      /** With version and device. */
      name: z.string(),
      /** Absolute path of an exported model; null: the run itself. */
      file: z.string().nullable(),
      batches: z.array(BatchTimes),
    }),
  ),
});
export type Resources = z.infer<typeof Resources>;

/** The batch with the least median time an image, of equals the smallest; null where none was measured. */
export function bestBatch(batches: readonly BatchTimes[]): BatchTimes | null {
  return batches.reduce<BatchTimes | null>(
    (best, one) => (best === null || one.median < best.median ? one : best),
    null,
  );
}

/** The batches that are shown of a runtime: one image, and the best where that is another. */
function shownBatches(batches: readonly BatchTimes[]): BatchTimes[] {
  const [one] = batches;
  const best = bestBatch(batches);
  if (one === undefined || best === null) return [];
  return one === best ? [one] : [one, best];
}

/** The least, the middle and the largest of some times. */
export function timesOf(milliseconds: readonly number[]): Times {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  return { least: sorted[0] ?? 0, median: sorted[sorted.length >> 1] ?? 0, most: sorted.at(-1) ?? 0 };
}

/** A line of times: decoding, or a runtime with one of its batches. */
export interface TimesRow {
  /** null: decoding. */
  readonly runtime: Pick<Resources['runtimes'][number], 'name' | 'file'> | null;
  readonly batch: number | null;
  readonly times: Times;
  readonly peakMemoryBytes: number | null;
}

/** What is shown of the times: decoding, then of each runtime one image at a time and the best batch. */
export function timesRows({ decode, runtimes }: Resources): TimesRow[] {
  const decoding = { runtime: null, batch: null, peakMemoryBytes: null };
  return [
    ...(decode === null ? [] : [{ ...decoding, times: decode }]),
    ...runtimes.flatMap((runtime) =>
      shownBatches(runtime.batches).map((one) => ({
        ...{ runtime, batch: one.batch, times: one },
        peakMemoryBytes: one.peakMemoryBytes,
      })),
    ),
  ];
}
