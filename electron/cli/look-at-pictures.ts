import type { CommandSession } from './session.ts';

/** So that near-duplicates, and what only pictures show, are known. */
export async function lookAtPictures(session: CommandSession): Promise<void> {
  const { jobId } = await session.call('images.look', {});
  await session.follow('look', jobId);
}
