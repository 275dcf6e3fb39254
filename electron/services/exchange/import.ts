import path from 'node:path';
import type { DatasetHead, DatasetImage } from '../../common/dataset.ts';
import { noneBySplit } from '../../common/entities.ts';
import type { OnConflict, Problem } from '../../common/entities.ts';
import { classNameKey } from '../../common/class-names.ts';
import { TwinheadError } from '../../common/errors.ts';
import type { ImportReport } from '../../common/jobs.ts';
import { isSentence, say } from '../../common/sentences/sentence.ts';
import { byFormat, requireClassName } from '../../store/index.ts';
import type { ImportCounts, ImportedImage } from '../../store/index.ts';
import type { JobContext } from '../scope/jobs.ts';
import { isBelow, Registration } from '../images/registration.ts';
import { someNames } from '../../common/some-names.ts';
import type { Candidate } from '../images/registration.ts';
import { importedClasses, withClasses } from './import-classes.ts';
import type { ClassMap } from './import-classes.ts';
import { countGroups, grouped, groupFields } from './image-groups.ts';
import { importSamples } from './import-samples.ts';
import type { FoundImage } from './import-samples.ts';
import { SampleNotes } from '../images/sample-notes.ts';
import type { OpenProject } from '../scope/open-project.ts';

/** Its images are all there: the files of all are looked at before anything is written. */
type WholeDataset = DatasetHead & { readonly images: readonly DatasetImage[] };

export interface ImportRequest {
  readonly dataset: WholeDataset;
  /** Absolute; an image below one of these gets it as its root, others their own folder. */
  readonly imageFolders: readonly string[];
  /** For the journal. */
  readonly title: string;
  /** What tells this source from others: labels of an earlier import of it may be corrected. */
  readonly source: string;
  readonly onConflict?: OnConflict;
  readonly dryRun?: boolean;
  /** What classes of the source become. */
  readonly classMap?: ClassMap;
  /** A dry run shows some of the images. */
  readonly samples?: boolean;
  /** Problems that were met when reading; with `strict` any problem refuses the import. */
  readonly strict?: boolean;
  /** What comes in are suggestions, not labels. */
  readonly asSuggestions?: boolean;
  /** A field of the source's images: those that have the same in it are one group. */
  readonly groupField?: string;
}

/** Once labels are in the project, another encoding adds them a second time. */
const UNDO_FIRST = say('services.import.encoding.remedy');
const isOfEncoding = ({ remedy }: Problem): boolean =>
  isSentence(remedy) && remedy.key === 'exchange.encoding.found.remedy';

/**
 * Takes a dataset into a project: its pictures are probed and registered, its labels come in as one step that
 * can be undone. A dry run does everything but the writing.
 * @throws TwinheadError `unusable-input` where nothing can be used, or a problem is met under `strict`; `cancelled`
 */
export async function importDataset(
  project: OpenProject,
  job: JobContext,
  request: ImportRequest,
  readProblems: readonly Problem[] = [],
): Promise<ImportReport> {
  const images = grouped(request.dataset.images, request.groupField);
  const { dataset, leftOut } = withClasses({ ...request.dataset, images }, request.classMap ?? {});
  let problemCount = 0;
  let firstProblem: Problem | undefined;
  const problem = (one: Problem): void => {
    problemCount += 1;
    firstProblem ??= one;
    job.problem(one);
  };
  for (const one of readProblems)
    problem(request.dryRun !== true && isOfEncoding(one) ? { ...one, remedy: UNDO_FIRST } : one);
  const found = await probeImages(dataset, job, problem);
  if (found.length === 0) {
    throw new TwinheadError('unusable-input', say('services.import.noImages'), {
      remedy: say('exchange.whereImages'),
    });
  }
  for (const { name, like } of lookAlikes(project, dataset)) {
    problem({
      place: say('services.import.class', { name }),
      message: say('services.import.lookAlike', { name, like }),
      remedy: say('services.import.lookAlike.remedy'),
      severity: 'note',
    });
  }
  const paged = found.filter(({ info }) => info.pages > 1);
  if (paged.length > 0) {
    problem({
      file: paged[0]!.info.file,
      message: say('services.import.paged', { count: paged.length }),
      remedy: say('services.import.paged.remedy'),
      severity: 'note',
    });
  }
  refuseUnstorable(project, dataset);
  if (request.strict === true && firstProblem !== undefined) {
    const { message, ...details } = firstProblem;
    const more = problemCount - 1;
    const said =
      more > 0
        ? say('services.import.nothing.more', { problem: message, count: more })
        : say('services.import.nothing', { problem: message });
    throw new TwinheadError('unusable-input', said, {
      ...details,
      remedy: say('services.import.strict.remedy'),
    });
  }
  if (leftOut > 0)
    problem({ message: say('services.import.classesLeftOut', { count: leftOut }), severity: 'note' });
  const registration = new Registration(project);
  const candidates = candidatesOf(project, found, request.imageFolders);
  const decisions = await registration.decide(candidates);
  const copies = registration.copies(candidates, decisions);
  if (copies.length > 0) {
    problem({
      message: say('services.import.copies', { count: copies.length, files: someNames(copies) }),
      remedy: say('services.import.copies.remedy'),
      severity: 'note',
    });
  }
  const { onConflict = 'update', asSuggestions = false, source } = request;
  const report: ImportReport = {
    images: found.length,
    imagesAdded: decisions.filter(({ kind }) => kind === 'new').length,
    imagesMoved: decisions.filter(({ kind }) => kind === 'moved').length,
    imagesMissing: dataset.images.length - found.length,
    boxes: found.reduce((sum, { labels }) => sum + labels.boxes.length, 0),
    boxesAdded: 0,
    boxesChanged: 0,
    boxesRemoved: 0,
    boxesKept: 0,
    suggestions: 0,
    classesCreated: newClasses(project, dataset),
    problems: problemCount,
    imagesLabelled: 0,
    choices: [],
    format: dataset.format,
    encoding: dataset.encoding,
    convention: dataset.convention,
    groups: countGroups(found.map(({ labels }) => labels)),
  };
  if (request.dryRun === true) {
    report.groupFields = groupFields(dataset.images);
    report.classes = importedClasses(project, request.dataset);
    report.splits = noneBySplit();
    for (const { labels } of found) report.splits[labels.split ?? 'none'] += 1;
    if (request.samples === true) {
      report.samples = await importSamples(project, found);
      report.objectClasses = dataset.classes.flatMap(({ kind, name }) => (kind === 'object' ? [name] : []));
    }
    if (asSuggestions) return report;
    const known = found.flatMap(({ labels }, index): ImportedImage[] => {
      const { image } = decisions[index]!;
      return image === null ? [] : [importedImage(labels, image.id, dataset.format)];
    });
    const { labelled, choices } = await project.store.previewImport({ images: known, source });
    const chosen = choices.find(({ choice }) => choice === onConflict)!;
    const { boxesChanged, boxesRemoved, boxesKept, suggestions } = chosen;
    const added = found.reduce(
      (sum, { labels }, index) => sum + (decisions[index]!.image === null ? labels.boxes.length : 0),
      0,
    );
    keptOwn(chosen).forEach(problem);
    return {
      ...report,
      ...{ boxesAdded: chosen.boxesAdded + added, boxesChanged, boxesRemoved, boxesKept, suggestions },
      problems: problemCount,
      imagesLabelled: labelled,
      choices: labelled === 0 ? [] : [...choices],
    };
  }
  job.signal.throwIfAborted();
  // The state before is kept, so that an import that turns out wrong can also be taken back wholesale.
  const backup = await project.store.backups.createIfDue();
  backup?.problems.forEach(problem);
  report.problems = problemCount;
  project.store.snapshots.addFor('import', say('services.snapshot.import', { name: request.title }));
  const ids = await registration.registerInTurns(candidates, decisions);
  const added = ids.filter(({ outcome }) => outcome === 'added').map(({ id }) => id);
  const counts = await project.store.importAnnotations({
    editId: job.jobId,
    title: request.title,
    mode: onConflict,
    source,
    added: new Set(added),
    ...(asSuggestions ? { suggestedBy: { kind: 'import' as const, name: request.title } } : {}),
    signal: job.signal,
    onProgress: (images) => job.progress(images, found.length, say('jobs.doing.savingLabels')),
    classes: dataset.classes.map(({ kind, name, unknown }) => {
      return { kind, name, extra: byFormat(dataset.format, unknown) };
    }),
    extra: byFormat(dataset.format, dataset.unknown),
    images: importedImages(found, ids, dataset.format),
  });
  const { boxesAdded, boxesChanged, boxesRemoved, boxesKept, suggestions, labelled } = counts;
  Object.assign(report, { boxesAdded, boxesChanged, boxesRemoved, boxesKept, suggestions });
  report.imagesAdded = added.length;
  report.imagesLabelled = labelled;
  keptOwn(counts).forEach(problem);
  report.problems = problemCount;
  project.changed('images');
  project.changed('classes');
  return report;
}

/** One after the other: all at once would be all boxes once more. */
function* importedImages(
  found: readonly FoundImage[],
  ids: readonly { readonly id: number }[],
  format: string,
): Generator<ImportedImage, void, void> {
  for (const [index, { labels }] of found.entries()) yield importedImage(labels, ids[index]!.id, format);
}

function importedImage(labels: DatasetImage, imageId: number, format: string): ImportedImage {
  return {
    imageId,
    boxes: labels.boxes.map(({ unknown, ...box }) => ({ ...box, extra: byFormat(format, unknown) })),
    imageClassNames: labels.imageClasses,
    split: labels.split,
    group: labels.group ?? null,
    verifiedEmpty: labels.reviewed && labels.boxes.length === 0 && labels.imageClasses.length === 0,
    extra: byFormat(format, labels.unknown),
  };
}

/** What of the source was left out for what is here. */
function keptOwn({
  boxesKept,
  classesKept,
  splitsKept = 0,
}: Pick<ImportCounts, 'boxesKept' | 'classesKept'> & Partial<Pick<ImportCounts, 'splitsKept'>>): Problem[] {
  return [
    ...(splitsKept === 0
      ? []
      : [
          {
            message: say('import.splitsKept', { count: splitsKept }),
            remedy: say('import.splitsKept.remedy'),
            severity: 'warning' as const,
          },
        ]),
    ...(boxesKept === 0
      ? []
      : [
          {
            message: say('import.boxesKept', { count: boxesKept }),
            remedy: say('import.boxesKept.remedy'),
            severity: 'warning' as const,
          },
        ]),
    ...(classesKept === 0
      ? []
      : [
          {
            message: say('import.classesKept', { count: classesKept }),
            remedy: say('import.classesKept.remedy'),
            severity: 'warning' as const,
          },
        ]),
  ];
}

/** More than any network tells apart; each is a row of every list of classes. */
const MOST_CLASSES = 25_000;
/** More than anybody can see or a network finds; an image is one transaction. */
const MOST_BOXES = 10_000;

/**
 * What the store would refuse, before anything is written: so a dry run says what the import does.
 * @throws TwinheadError `unusable-input`, naming the class or image
 */
function refuseUnstorable({ store }: OpenProject, { classes, images }: WholeDataset): void {
  if (classes.length > MOST_CLASSES) {
    const problem = say('services.import.manyClasses', { count: classes.length, most: MOST_CLASSES });
    throw new TwinheadError('unusable-input', say('services.import.nothing', { problem }), {
      remedy: say('services.import.manyClasses.remedy'),
    });
  }
  const crowded = images.find(({ boxes }) => boxes.length > MOST_BOXES);
  if (crowded !== undefined) {
    const { path: image, boxes, origin } = crowded;
    const problem = say('services.import.manyBoxes', { image, count: boxes.length, most: MOST_BOXES });
    throw new TwinheadError('unusable-input', say('services.import.nothing', { problem }), {
      file: origin?.file,
      place: origin?.place,
      remedy: say('services.import.manyBoxes.remedy'),
    });
  }
  for (const { name } of classes) {
    try {
      requireClassName(name);
    } catch (error) {
      if (!(error instanceof TwinheadError)) throw error;
      throw new TwinheadError('unusable-input', say('services.import.nothing', { problem: error.said }), {
        place: say('services.import.class', { name: Array.from(name).slice(0, 60).join('') }),
        remedy: say('services.import.className.remedy'),
      });
    }
  }
  if (store.settings.get().multipleImageClasses) return;
  const several = images.find(({ imageClasses }) => new Set(imageClasses).size > 1);
  if (several === undefined) return;
  throw new TwinheadError(
    'unusable-input',
    say('services.import.nothing', { problem: say('services.import.several', { image: several.path }) }),
    {
      file: several.origin?.file,
      place: several.origin?.place,
      remedy: say('services.import.several.remedy'),
    },
  );
}

/** Looks at the files, and at the boxes again now that the true sizes are known. */
async function probeImages(
  dataset: WholeDataset,
  job: JobContext,
  problem: (problem: Problem) => void,
): Promise<FoundImage[]> {
  const [{ scanFiles }, { fitToFile }] = await Promise.all([
    import('../../images/index.ts'),
    import('../../exchange/index.ts'),
  ]);
  const byFile = new Map<string, DatasetImage>();
  for (const image of dataset.images) if (image.file !== null) byFile.set(image.file, image);
  const found: FoundImage[] = [];
  const notes = new SampleNotes();
  const options = {
    signal: job.signal,
    onProgress: (done: number, total: number) => job.progress(done, total, say('jobs.doing.readingImages')),
  };
  for await (const batch of scanFiles([...byFile.keys()], options)) {
    batch.problems.forEach(problem);
    for (const info of batch.images) {
      const fitted = fitToFile(byFile.get(info.file)!, info);
      fitted.problems.forEach(problem);
      found.push({ labels: fitted.image, info });
      notes.add(info);
    }
  }
  notes.report(problem);
  return found;
}

/** Pictures under the folder that holds them, of those given or known, else under their own. */
function candidatesOf(
  { store }: OpenProject,
  found: readonly FoundImage[],
  folders: readonly string[],
): Candidate[] {
  const known = [...store.roots.list().map(({ folder }) => folder), ...folders];
  return found.map(({ info }) => ({
    info,
    rootFolder: known.find((folder) => isBelow(folder, info.file)) ?? path.dirname(info.file),
  }));
}

/** Names of the source that a person would take for those of other classes, there or in the source itself. */
function lookAlikes({ store }: OpenProject, { classes }: DatasetHead): { name: string; like: string }[] {
  const known = new Map<string, string>();
  const found: { name: string; like: string }[] = [];
  for (const { kind, name } of [...store.classes.list(), ...classes]) {
    const key = `${kind} ${classNameKey(name)}`;
    const composed = name.normalize('NFC').trim();
    const like = known.get(key);
    if (like === undefined) known.set(key, composed);
    else if (like !== composed) found.push({ name: composed, like });
  }
  return found;
}

function newClasses({ store }: OpenProject, { classes }: DatasetHead): number {
  const known = new Set(store.classes.list().map(({ kind, name }) => `${kind} ${name}`));
  return classes.filter(({ kind, name }) => !known.has(`${kind} ${name}`)).length;
}
