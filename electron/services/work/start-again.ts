import { z } from 'zod';
import { contract } from '../../common/contract.ts';
import type { Answer } from '../../common/contract.ts';
import { TwinheadError } from '../../common/errors.ts';
import { canStartAgain, isJobKind, jobKinds } from '../../common/jobs.ts';
import type { JobRecord } from '../../common/jobs.ts';
import { say } from '../../common/sentences/sentence.ts';

const Started = z.object({ jobId: z.string() });

/**
 * Asks for what a job was asked for, by the call that starts its kind: whatever that refuses is refused here.
 * @throws TwinheadError `not-allowed` for a job that can't be started again, of another version's kind say
 */
export async function startAgain(
  record: JobRecord,
  call: (name: string, input: unknown) => Promise<Answer<unknown>>,
): Promise<z.infer<typeof Started>> {
  const { kind, title, state, input } = record;
  if (!isJobKind(kind)) {
    throw new TwinheadError('not-allowed', say('jobs.otherKind', { kind }), {
      remedy: say('jobs.otherKind.remedy', { title }),
    });
  }
  if (!canStartAgain(kind) || state === 'running' || state === 'done') {
    throw new TwinheadError('not-allowed', say('jobs.notAgain', { title }), {
      remedy: say('jobs.notAgain.remedy'),
    });
  }
  const unknown = leftOut(input, contract[jobKinds[kind].call].input.safeParse(input).data);
  if (unknown !== null) {
    throw new TwinheadError('not-allowed', say('jobs.otherInput', { title, name: unknown }), {
      remedy: say('jobs.otherKind.remedy', { title }),
    });
  }
  const answer = await call(jobKinds[kind].call, input);
  if (!answer.ok) throw TwinheadError.of(answer.error);
  return Started.parse(answer.value);
}

/** The first name of what was asked for that this version does not read, as one of a later version would be. */
function leftOut(asked: unknown, read: unknown): string | null {
  if (typeof asked !== 'object' || asked === null || typeof read !== 'object' || read === null) return null;
  const known = new Map(Object.entries(read));
  for (const [name, value] of Object.entries(asked)) {
    if (!known.has(name)) return name;
    const inside = leftOut(value, known.get(name));
    if (inside !== null) return inside;
  }
  return null;
}
