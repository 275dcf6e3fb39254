import type { CommandSession } from './session.ts';

/** So that what is said of missing files is true of the disk now. */
export async function checkFiles(session: CommandSession): Promise<void> {
  const { jobId } = await session.call('images.checkFiles', {});
  await session.follow('check-files', jobId);
}
