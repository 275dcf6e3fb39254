import path from 'node:path';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { ServiceContext } from '../scope/context.ts';
import type { Handlers } from '../scope/handlers.ts';
import { addPages } from './pages.ts';
import { pathOfSystem } from '../base/paths.ts';
import { Registration } from './registration.ts';
import type { Candidate } from './registration.ts';
import { SampleNotes } from './sample-notes.ts';

type ImageCalls =
  | 'images.list'
  | 'images.ids'
  | 'images.summaries'
  | 'images.after'
  | 'images.search'
  | 'images.add'
  | 'images.change'
  | 'images.remove';

/** Milliseconds after which pages hear of images that have come in meanwhile. */
const TOLD_EVERY = 1000;

const FURTHER_PAGES = say('services.file.pages.remedy');

/** The pictures of a project. */
export function imageHandlers({ jobs }: ServiceContext): Pick<Handlers, ImageCalls> {
  return {
    'images.list': async (query, { project }) => project.store.images.list(query),
    'images.ids': async ({ summaries, ...query }, { project: { store } }) => {
      const imageIds = store.images.listed(query);
      return { imageIds, items: store.images.summaries(imageIds.slice(0, summaries)) };
    },
    'images.summaries': async ({ imageIds }, { project }) => ({
      items: project.store.images.summaries(imageIds),
    }),
    'images.after': async ({ imageId, ...query }, { project }) => ({
      imageId: project.store.images.after(imageId, query),
    }),
    'images.search': async ({ after, match, ...query }, { project }) => ({
      imageId: project.store.images.search(query, match, after),
    }),
    'images.add': async ({ pages, editId, ...named }, { project }) => {
      const folders = named.folders.map(pathOfSystem);
      const { store } = project;
      const names = folders.map((folder) => path.basename(folder)).join(', ');
      const title = say('jobs.addImages', { folders: names });
      const request = { title, input: { folders, pages }, editId };
      const jobId = jobs.start(project, 'add-images', request, async (job) => {
        const { scanFolder } = await import('../../images/index.ts');
        const result = { images: 0, added: 0, unchanged: 0, moved: 0, changed: 0 };
        const registration = new Registration(project);
        const notes = new SampleNotes();
        const later: Candidate[] = [];
        const seen = new Set<string>();
        const addition = store.files.beginAddition({
          kind: 'add-images',
          name: names,
          editId: job.jobId,
        });
        // What has come in is there, and shown, however the job goes on and ends.
        let told = -Infinity;
        const tell = (): void => {
          if (performance.now() - told < TOLD_EVERY) return;
          told = performance.now();
          project.changed('images');
        };
        using held = new DisposableStack();
        held.defer(() => project.changed('images'));
        const register = async (candidates: readonly Candidate[]): Promise<void> => {
          const decisions = await registration.decide(candidates);
          const registered = registration.register(candidates, decisions, addition);
          for (const [index, { outcome }] of registered.entries()) {
            result[outcome === 'known' ? 'unchanged' : outcome] += 1;
            if (outcome !== 'changed') continue;
            job.problem({
              file: candidates[index]!.info.file,
              message: say('services.file.changed'),
              remedy: say('services.file.changed.remedy'),
              severity: 'note',
            });
          }
          tell();
        };
        for (const absolute of folders) {
          // Whether a known file has further pages is seen only by reading it.
          const known = pages === 'first' ? registration.untouched() : undefined;
          const batches = scanFolder(absolute, {
            known,
            signal: job.signal,
            onProgress: (done, total) =>
              job.progress(done, total, say('jobs.doing.readingFolder', { folder: path.basename(absolute) })),
          });
          for await (const { images: probed, unchanged, problems } of batches) {
            problems.forEach(job.problem);
            const images = [];
            for (const info of probed) {
              // A folder and one inside it may both be named.
              if (seen.has(info.file)) continue;
              seen.add(info.file);
              if (pages !== 'first' && info.pages > 1) {
                result.images += 1;
                result.added += await addPages(
                  { project, registration, addition, job },
                  info,
                  absolute,
                  pages,
                );
                continue;
              }
              images.push(info);
              notes.add(info);
              // Used all the same: further frames or pages that are not, a wrong extension.
              if (info.note === null) continue;
              const remedy = info.pages > 1 ? FURTHER_PAGES : undefined;
              job.problem({ file: info.file, message: info.note, remedy, severity: 'note' });
            }
            result.unchanged += unchanged.length;
            result.images += images.length + unchanged.length;
            const candidates = images.map((info) => ({ info, rootFolder: absolute }));
            later.push(...candidates.filter(({ info }) => registration.mayHaveMoved(info)));
            await register(candidates.filter(({ info }) => !registration.mayHaveMoved(info)));
          }
        }
        await register(later);
        notes.report(job.problem);
        if (result.images === 0) {
          throw new TwinheadError(
            'unusable-input',
            say('services.noImages', { folders: folders.join(', ') }),
            {
              file: folders[0],
              remedy: say('services.noImages.remedy'),
            },
          );
        }
        return result;
      });
      return { jobId };
    },
    'images.change': async ({ imageIds, changes, editId }, { project }) => {
      const outcome = project.store.images.change(imageIds, changes, { editId });
      project.changed('images');
      return outcome;
    },
    'images.remove': async ({ imageIds, editId }, { project }) => {
      const removed = project.store.images.remove(imageIds, { editId });
      project.changed('images');
      return removed;
    },
  };
}
