import { z } from 'zod';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { readWhole, writeAtomically } from '../../files/index.ts';
import { TrainingConfig } from '../config/schema.ts';
import { heads } from '../heads/index.ts';
import { decodeSafetensors, encodeSafetensors, readSafetensorsMetadata } from '../base/safetensors.ts';
import type { StoredTensor } from '../base/safetensors.ts';

const FORMAT = 'twinhead-checkpoint';
/** Grows when older code could not read what newer code writes. */
const VERSION = 1;

export const LAST_CHECKPOINT = 'last.safetensors';
export const BEST_CHECKPOINT = 'best.safetensors';

const NamedClasses = z.array(z.object({ id: z.number().int(), name: z.string() }));

const Position = z.object({
  /** Epochs that are complete. */
  epoch: z.number().int(),
  /** Steps since the beginning. */
  step: z.number().int(),
  /** Steps of the epoch under way that are done. */
  stepInEpoch: z.number().int(),
  /** Sums of losses and terms over those steps. */
  sums: z.record(z.string(), z.number()),
  /** What was last seen of the heads' own gradients (step.ts); older checkpoints have none. */
  observed: z.record(z.string(), z.number()).default({}),
  bestScore: z.number().nullable(),
  bestEpoch: z.number().int().nullable(),
  epochsSinceBest: z.number().int(),
  seconds: z.number(),
});
export type CheckpointPosition = z.infer<typeof Position>;

const Metadata = z.object({
  config: TrainingConfig,
  imageClasses: NamedClasses,
  objectClasses: NamedClasses,
  /** Which tasks the network has a head for. */
  heads: z.record(z.string(), z.boolean()),
  /** Says which images were trained on and in which order. */
  dataFingerprint: z.string(),
  position: Position,
});
export type CheckpointMetadata = z.infer<typeof Metadata>;

export interface Checkpoint extends CheckpointMetadata {
  /** By the names of step.ts: parameters/…, statistics/…, adam.m/…, adam.v/…, ema/…. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** @throws whatever the file system says, for example that the disk is full; an older checkpoint stays as it was. */
export async function writeCheckpoint(file: string, { tensors, ...metadata }: Checkpoint): Promise<void> {
  await writeAtomically(
    file,
    encodeSafetensors({
      metadata: { format: FORMAT, version: String(VERSION), twinhead: JSON.stringify(metadata) },
      tensors,
    }),
  );
}

/** @throws TwinheadError `not-found` where there is no such file */
async function opened<Result>(file: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new TwinheadError('not-found', say('learning.checkpoint.none'), {
      file,
      remedy: say('learning.checkpoint.none.remedy'),
    });
  }
}

/** What a newer version has written: a head that this program could neither run nor evaluate. */
function refuseUnknownHeads(content: unknown, file: string): void {
  const Named = z.object({
    config: z.object({ boxHead: z.string().optional() }),
    heads: z.record(z.string(), z.boolean()),
  });
  const { data } = Named.safeParse(content);
  const { boxHead } = data?.config ?? {};
  const known = heads.map(({ task, name }) => ({ task: task.name, name }));
  const unknown = [
    ...Object.entries(data?.heads ?? {}).flatMap(([task, has]) =>
      has && !known.some((one) => one.task === task) ? [task] : [],
    ),
    ...(boxHead === undefined || known.some(({ name }) => name === boxHead) ? [] : [boxHead]),
  ];
  if (unknown.length === 0) return;
  throw new TwinheadError('unusable-input', say('learning.checkpoint.heads', { heads: unknown.join(', ') }), {
    file,
    remedy: say('learning.checkpoint.heads.remedy'),
  });
}

function parseMetadata(metadata: Readonly<Record<string, string>>, file: string): CheckpointMetadata {
  if (metadata['format'] !== FORMAT) {
    throw new TwinheadError('unusable-input', say('learning.checkpoint.foreign'), {
      file,
      remedy: say('learning.checkpoint.foreign.remedy'),
    });
  }
  if (metadata['version'] !== String(VERSION)) {
    throw new TwinheadError(
      'unusable-input',
      say('learning.checkpoint.version', { version: metadata['version'] ?? '?', known: VERSION }),
      { file, remedy: say('learning.checkpoint.version.remedy') },
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(metadata['twinhead'] ?? '');
  } catch {
    content = null;
  }
  refuseUnknownHeads(content, file);
  const parsed = Metadata.safeParse(content);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new TwinheadError('unusable-input', say('learning.checkpoint.damaged'), {
      file,
      place: issue?.path.join('.') ?? '',
      remedy: say('learning.file.remedy'),
    });
  }
  return parsed.data;
}

/**
 * @throws TwinheadError `not-found` where there is no such file, `unusable-input` where it is cut off, damaged, not a
 * checkpoint, or of a version that this program does not know.
 */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  const bytes = await opened(file, () => readWhole(file));
  const { metadata, tensors } = decodeSafetensors(bytes, file);
  return { ...parseMetadata(metadata, file), tensors };
}

/** All but the tensors, which are not read. @throws as {@link readCheckpoint}, cut-off tensors included. */
export async function readCheckpointHeader(file: string): Promise<CheckpointMetadata> {
  return parseMetadata(await opened(file, () => readSafetensorsMetadata(file)), file);
}

/** How far a checkpoint is, for those who want to go on from it. @throws as {@link readCheckpoint}. */
export async function checkpointPosition(file: string): Promise<CheckpointPosition> {
  return (await readCheckpointHeader(file)).position;
}
