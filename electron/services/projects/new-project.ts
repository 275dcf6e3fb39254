import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../../common/entities.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import { canonicalPath } from '../../files/index.ts';
import type { JobContext } from '../scope/jobs.ts';
import { pathOfSystem } from '../base/paths.ts';

/** What is reported of files that can't be used where none can. */
const MOST_TOLD = 20;

/**
 * A project can be made there: nothing of that name is.
 * @throws TwinheadError `unusable-input`
 */
export function requireFree(folder: string): void {
  if (!existsSync(folder)) return;
  const isProject = existsSync(path.join(folder, 'project.db'));
  throw new TwinheadError(
    'unusable-input',
    say(isProject ? 'services.new.project' : 'services.new.folder', { folder }),
    {
      file: folder,
      remedy: say(isProject ? 'services.new.project.remedy' : 'services.new.folder.remedy'),
      ...(isProject ? { project: folder } : {}),
    },
  );
}

/**
 * The folders have at least one picture that can be read: only as many are looked at as that takes.
 * @throws TwinheadError `not-found`, `unusable-input` with what is wrong with the files
 */
export async function requireImages(folders: readonly string[], job: JobContext): Promise<void> {
  const { scanFolderAsFound } = await import('../../images/index.ts');
  const problems: Problem[] = [];
  let files = 0;
  const onFile = (): void => job.progress((files += 1), null, say('jobs.doing.lookingForImages'));
  for (const folder of folders) {
    const absolute = canonicalPath(pathOfSystem(folder));
    for await (const batch of scanFolderAsFound(absolute, { signal: job.signal, onFile })) {
      if (batch.images.length > 0) return;
      problems.push(...batch.problems);
    }
  }
  throw new TwinheadError('unusable-input', say('services.noImages', { folders: { list: folders } }), {
    file: folders[0],
    remedy: say('services.noImages.remedy'),
    leftOut: problems.slice(0, MOST_TOLD),
  });
}

/** @throws TwinheadError `not-found` */
export async function requireThere(file: string): Promise<void> {
  const absolute = pathOfSystem(file);
  if ((await stat(absolute).catch(() => null)) !== null) return;
  throw new TwinheadError('not-found', say('services.new.dataset', { file: absolute }), {
    file: absolute,
    remedy: say('images.folder.missing.remedy'),
  });
}
