import { z } from 'zod';
import type { Actor, ProjectStep } from '../../common/entities.ts';
import type { Reader } from '../database/database.ts';
import { parsed } from '../rows/damaged.ts';
import { readSaid } from '../../common/sentences/stored.ts';

interface StepRow {
  readonly id: number;
  readonly kind: string;
  readonly summary: string;
  readonly actor: Actor;
  readonly actor_name: string | null;
  readonly at: string;
  readonly status: 'open' | 'done' | 'undone' | 'abandoned';
  readonly operations: string;
  /** Whether it has changed any image, 1 or 0. */
  readonly touches: number;
}

const count = z.number().optional();
const sizes = { name: z.string().optional(), images: count, boxes: count, suggestions: count };

/** Sizes as the entries of the journal say them, each kind in its own words. */
const Facts = z.object({
  ...sizes,
  import: z.object({ ...sizes, added: count, seen: count }).optional(),
  moved: z.record(z.string(), z.number()).optional(),
  delete: z.object({ labels: count }).optional(),
});

const COLUMNS = `id, kind, summary, actor, actor_name, at, status, operations,
  EXISTS (SELECT 1 FROM journal_images WHERE entry_id = journal.id) AS touches`;

function read(row: StepRow): ProjectStep {
  // Without sizes where somebody else has written them: the step can still be seen.
  const facts: z.infer<typeof Facts> = Facts.safeParse(parsed(row.operations)).data ?? {};
  const { import: imported, moved } = facts;
  const summary = readSaid(row.summary);
  const movedImages = moved && Object.values(moved).reduce((sum, count) => sum + count, 0);
  return {
    id: row.id,
    kind: row.kind,
    summary,
    name: facts.name ?? (imported === undefined ? '' : summary),
    actor: row.actor,
    actorName: row.actor_name,
    at: row.at,
    state: row.status,
    images:
      imported?.seen ?? imported?.images ?? facts.images ?? movedImages ?? (row.touches === 0 ? 0 : null),
    boxes: imported?.boxes ?? facts.boxes ?? facts.delete?.labels ?? null,
    suggestions: imported?.suggestions ?? facts.suggestions ?? null,
  };
}

export function stepOf(reader: Reader, entryId: number | undefined): ProjectStep | null {
  if (entryId === undefined) return null;
  return read(reader.get<StepRow>(`SELECT ${COLUMNS} FROM journal WHERE id = ?`, entryId)!);
}

/** Changes of the project as a whole, the newest first, without their undos and redos: those show in their state. */
export function projectSteps(reader: Reader, limit: number): ProjectStep[] {
  return reader
    .all<StepRow>(
      `SELECT ${COLUMNS} FROM journal
       WHERE image_id IS NULL AND target_id IS NULL AND status IN ('open', 'done', 'undone', 'abandoned') ORDER BY id DESC LIMIT ?`,
      limit,
    )
    .map(read);
}
