import type { EvaluationItem } from '../common/entities.ts';
import type { EvaluationPart } from '../common/score-parts.ts';
import type { EvaluatedOn } from './evaluated-on.ts';
import type { CommandSession } from './session.ts';

const PAGE = 200;

/** What a number of an evaluation counts, at most `limit` of it. */
export async function evaluationItems(
  session: CommandSession,
  { limit, ...list }: EvaluatedOn & { runId: string; limit: number; part: EvaluationPart },
): Promise<{ total: number; items: EvaluationItem[] }> {
  const items: EvaluationItem[] = [];
  for (;;) {
    const page = await session.call('evaluation.items', {
      ...list,
      offset: items.length,
      limit: Math.max(1, Math.min(PAGE, limit - items.length)),
    });
    items.push(...page.items);
    if (page.items.length === 0 || items.length >= Math.min(limit, page.total))
      return { total: page.total, items: items.slice(0, limit) };
  }
}
