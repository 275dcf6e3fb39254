import { say } from '../../common/sentences/sentence.ts';
import type { JobResult } from '../../common/jobs.ts';
import type { LookTask } from '../../images/index.ts';
import type { ImageFile, NewLook } from '../../store/index.ts';
import type { ServiceContext } from '../scope/context.ts';
import type { Handlers } from '../scope/handlers.ts';
import type { JobContext } from '../scope/jobs.ts';
import type { OpenProject } from '../scope/open-project.ts';

const taskOf = ({ file, bytes, modifiedMs, sha256 }: ImageFile): LookTask => ({
  file,
  known: { bytes, modified: modifiedMs },
  sha256,
});

/** Looks at the pictures that nobody has looked at yet; what was found is kept as it comes. */
async function lookAtPictures(project: OpenProject, job: JobContext): Promise<JobResult<'look'>> {
  const { lookAtFiles } = await import('../../images/index.ts');
  const { store } = project;
  const pending = new Set(store.looks.pending());
  const images = store.files.list().filter(({ id }) => pending.has(id));
  const result = { images: images.length, changed: 0, unreadable: 0, missing: 0 };
  let done = 0;
  for await (const outcomes of lookAtFiles(images.map(taskOf), job.signal)) {
    const looked = outcomes.map((outcome, index) => ({ outcome, image: images[done + index]! }));
    done += outcomes.length;
    const missing = looked.filter(({ outcome }) => outcome.state === 'missing').map(({ image }) => image.id);
    store.files.markMissing(missing, true);
    store.looks.save(
      looked.flatMap(({ outcome, image: { id: imageId, sha256 } }): NewLook[] => {
        if (outcome.state === 'missing') return [];
        return outcome.state === 'ok'
          ? [{ imageId, sha256, state: outcome.state, ...outcome.look }]
          : [{ imageId, sha256, ...outcome }];
      }),
    );
    for (const { outcome } of looked) if (outcome.state !== 'ok') result[outcome.state] += 1;
    job.progress(done, images.length, say('jobs.doing.looking'));
  }
  project.changed('images');
  return result;
}

/** What pictures themselves show, apart from their labels. */
export function lookHandlers({ jobs }: ServiceContext): Pick<Handlers, 'images.look'> {
  return {
    'images.look': async (input, { project }) => ({
      jobId: jobs.start(project, 'look', { title: say('jobs.look'), input }, (job) =>
        lookAtPictures(project, job),
      ),
    }),
  };
}
