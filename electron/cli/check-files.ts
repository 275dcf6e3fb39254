import type { CommandSession, Finished } from './session.ts';

/** So that what is said of missing, changed and damaged files is true of the disk now. */
export async function checkFiles(session: CommandSession): Promise<Finished<'check-files'>> {
  const { jobId } = await session.call('images.checkFiles', {});
  return session.follow('check-files', jobId);
}
