import { answeringRun, readAnswers, readProjectFile } from '../../../electron/store/index.ts';
import type { ProjectStore } from '../../../electron/store/index.ts';
import { box, draw } from '../support.ts';
import { asEnglish } from '../../support/in-english.ts';

/** Something of everything that a project of that schema can hold. */
export async function fillGolden(store: ProjectStore, schema: number): Promise<void> {
  const imageId = await fillFirst(store);
  if (schema >= 2) await suggestAndNote(store, imageId);
  if (schema >= 5) turnWithIds(store, imageId);
  if (schema >= 8) predictInAJob(store);
  if (schema >= 13) answer(store);
  if (schema >= 15) explain(store);
  if (schema >= 16) choose(store);
  if (schema >= 17) measure(store);
}

/** What came with schema 17. */
function measure(store: ProjectStore): void {
  const [run] = store.runs.list();
  const strengths = [0.75, 0.5, 0.25, 0.125, 0].map((boxes) => ({ boxes, imageClass: null }));
  store.measurements.save(
    run!.id,
    'robustness',
    { split: 'none', filter: 'Zellen 病' },
    {
      ...{ run: run!.id, images: 2, of: 2, seed: 1, epoch: 2, dataRevision: 1, seconds: 1.5 },
      at: '2026-11-24T10:00:00.000Z',
      clean: { boxes: 1, imageClass: null },
      corruptions: [{ corruption: 'noise', strengths }],
    },
  );
}

/** What came with schema 16. */
function choose(store: ProjectStore): void {
  const filter = { text: 'Zellen ä', minBoxes: 1 };
  const run = store.runs.create({
    config: { network: 'nano' },
    seed: 2,
    epochs: 3,
    dataRevision: store.revision,
    appVersion: '0.1.0',
    engine: 'cpu',
    chosen: { filter: { name: 'Zellen 病', filter, images: 2 }, imageIds: [1, 2] },
  });
  store.runs.update(run.id, { state: 'done', ended: 'finished' });
  store.filterEvaluations.begin(run.id, { name: 'Zellen 病', filter, imageIds: [1, 4] });
  const evaluation = { run: run.id, split: 'none', dataRevision: 1, images: 2, seconds: 1 } as const;
  store.filterEvaluations.score(run.id, 'Zellen 病', {
    ...evaluation,
    overall: 0.5,
    imageClass: null,
    boxes: null,
  });
}

/** What came with schema 15. */
function explain(store: ProjectStore): void {
  const red = store.classes.find('object', 'RBC')!;
  const { boxes } = store.annotations.get(1);
  store.classes.update(red.id, {
    description: 'Rund, rosa, ohne Kern：无核',
    examples: boxes.filter(({ classId }) => classId === red.id).map(({ id }) => id),
  });
}

/** What came with schema 13. */
function answer(store: ProjectStore): void {
  const [run] = store.runs.list();
  const classes = store.classes.list().map(({ id, name }) => ({ id, name }));
  store.answers.save(run!.id, { epoch: 2, step: 20, imageClasses: [], objectClasses: classes }, [
    {
      imageId: 3,
      sha256: '0'.repeat(64),
      boxes: [{ x: 1.5, y: 2, width: 30, height: 40, classIndex: 0, score: 0.75 }],
      imageClass: null,
    },
  ]);
}

/** What came with schema 8. */
function predictInAJob(store: ProjectStore): void {
  const [run] = store.runs.list();
  store.jobs.begin({ id: 'job-1', kind: 'predict', title: 'Predict ü', input: { runId: run!.id } });
  const imageClass = [{ name: '病', score: 0.75, present: true }];
  const boxes = [{ x: 1 / 3, y: 5, width: 20, height: 30, class: 'RBC', score: 0.1 + 0.2 }];
  store.predictions.replace(run!.id, [
    { image: 'Zellen ä/img_1.jpg', width: 640, height: 480, imageClass, boxes },
    { image: '/elsewhere/2.png', width: 10, height: 20, imageClass: [], boxes: [] },
  ]);
  const error = { code: 'disk-full' as const, message: 'The disk is full.', details: { file: '/a' } };
  store.jobs.end('job-1', { state: 'failed', done: 2, total: 3, problems: 1, error });
}

/** What came with schema 5. */
function turnWithIds(store: ProjectStore, imageId: number): void {
  store.annotations.undo(imageId, { editId: '5a0e5c0e-0000-4000-8000-000000000001' });
  store.annotations.redo(imageId, { editId: '5a0e5c0e-0000-4000-8000-000000000002' });
}

/** What came with schema 2. */
async function suggestAndNote(store: ProjectStore, imageId: number): Promise<void> {
  await store.importAnnotations({
    title: 'Suggestions of run-1',
    suggestedBy: { kind: 'model', name: 'run-1' },
    images: [
      {
        imageId,
        boxes: [
          { ...box(0, 1 / 3, 5), className: 'RBC', score: 0.9, extra: null },
          { ...box(0, 50, 60), className: 'WBC', score: 0.1 + 0.2, extra: { rank: 2 } },
        ],
        imageClassNames: ['healthy'],
        imageClassScores: [0.75],
        split: null,
        verifiedEmpty: false,
      },
    ],
  });
  const { image, suggestions } = store.annotations.get(imageId);
  store.annotations.edit(imageId, image.revision, [
    { type: 'accept-suggestion', suggestionId: suggestions[0]!.id },
    { type: 'set-note', note: 'Überprüfen: 要确认' },
    { type: 'set-flag', flagged: true },
  ]);
}

/** Schema 1. Returns an image that has a label already. */
async function fillFirst(store: ProjectStore): Promise<number> {
  const root = store.roots.add('/data/cells');
  const inside = store.roots.add(`${store.folder}/images`);
  const image = (place: number, folder = '') => ({
    path: `${folder}Zellen ä/img_${place}.jpg`,
    sha256: place.toString(16).padStart(64, '0'),
    bytes: 1000 + place,
    modifiedMs: 1_700_000_000_000,
    width: 640,
    height: 480,
    orientation: 6,
    format: 'jpeg',
    group: place < 2 ? 'film' : null,
    perceptualHash: '00ff00ff00ff00ff',
  });
  store.files.add(
    root.id,
    [0, 1, 2, 3].map((place) => image(place)),
  );
  store.files.add(inside.id, [image(4)]);
  store.settings.update({ multipleImageClasses: true });
  const red = store.classes.create({ kind: 'object', name: 'RBC' });
  const gone = store.classes.create({ kind: 'object', name: 'gone', color: '#123456', hotkey: 'g' });
  const sick = store.classes.create({ kind: 'image', name: '病' });
  draw(store, 1, { ...box(red.id, 0.1 + 0.2, 1 / 3), attributes: { crowd: true, note: 'ü' } });
  draw(store, 1, { ...box(gone.id), source: 'model', score: 0.75 });
  store.annotations.edit(2, 0, [{ type: 'set-image-classes', classIds: [sick.id] }]);
  store.annotations.edit(2, 1, [{ type: 'set-verified', verified: true }]);
  store.annotations.edit(3, 0, [{ type: 'set-state', state: 'empty' }]);
  store.annotations.edit(3, 1, [{ type: 'set-state', state: 'unseen' }]);
  store.annotations.undo(3);
  store.classes.delete(gone.id, { reassignTo: red.id });
  await store.importAnnotations({
    title: 'Import of cells.json',
    images: [
      {
        imageId: 4,
        boxes: [{ ...box(0, 5, 6), className: 'WBC', extra: { iscrowd: 0, segmentation: [[1, 2.5]] } }],
        imageClassNames: ['healthy'],
        split: 'test',
        verifiedEmpty: false,
      },
    ],
  });
  store.splits.set([1, 2], 'train');
  store.splits.set([3], 'val');
  store.journal.undoProject();
  store.files.markMissing([5], true);
  const run = store.runs.create({
    config: { network: 'nano' },
    seed: 1,
    epochs: 3,
    dataRevision: store.revision,
    appVersion: '0.1.0',
    engine: 'cpu',
  });
  store.runs.update(run.id, {
    state: 'done',
    bestScore: 0.5,
    bestEpoch: 2,
    epoch: 3,
    step: 30,
    ended: 'finished',
  });
  store.runs.saveEvaluation(run.id, {
    run: run.id,
    split: 'test',
    dataRevision: 1,
    images: 1,
    seconds: 1,
    overall: 0.5,
    imageClass: null,
    boxes: null,
  });
  store.exports.record(run.id, { format: 'onnx', folder: '/out', largestDifference: 1e-6 });
  return 1;
}

/** All that a person can see of a project, as plain data. */
export function everything(store: ProjectStore) {
  const { createdAt, images, boxes, byState, bySplit, missing, ...info } = store.info();
  // Changes of settings are entries since schema 6: numbers depend on the version that wrote them.
  const settled = store.journal.steps().filter(({ kind }) => kind === 'settings').length;
  const revision = info.revision - settled;
  const runs = store.runs.list().map((run) => ({ ...run, dataRevision: run.dataRevision - settled }));
  return asEnglish({
    info: { createdAt, revision, images, boxes, byState, bySplit, missing },
    settings: store.settings.get(),
    classes: store.classes.list(),
    labels: store.images.ids().map((id) => store.annotations.get(id)),
    history: store.journal
      .list(null, 500)
      .filter(({ kind }) => kind !== 'settings')
      .map((entry) => Object.fromEntries(Object.entries(entry).filter(([key]) => key !== 'id'))),
    steps: Object.values(store.journal.projectSteps()).map((step) => step?.summary),
    runs,
    evaluations: runs.map(({ id }) => store.runs.evaluation(id, 'test')),
    chosen: runs.map(({ id }) => [...(store.runs.chosenImages(id) ?? [])]),
    filterEvaluations: store.filterEvaluations.list().map((one) => ({
      ...one,
      ...store.filterEvaluations.of(one.runId, one.filter),
      images: store.images.ids({ filter: { evaluated: one } }),
    })),
    measurements: runs.map(({ id }) =>
      store.measurements.find(id, 'robustness', { split: 'none', filter: 'Zellen 病' }),
    ),
    exports: runs.map(({ id }) => store.exports.list(id)),
    predictions: runs.map(({ id }) => store.predictions.page(id, 0, 100)),
    answers: readProjectFile(store.file, (reader) =>
      runs.map(({ id }) => [answeringRun(reader, id), ...readAnswers(reader, id, store.images.ids())]),
    ),
    jobs: store.jobs.list(),
  });
}
