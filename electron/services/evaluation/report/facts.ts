import type {
  Calibration,
  ClassCurve,
  Evaluation,
  EvaluationIntervals,
  FalseAlarms,
  ProjectInfo,
  Run,
  ScoreBreakdown,
  SplitScores,
} from '../../../common/entities.ts';
import type { BoxErrorKind } from '../../../common/heads.ts';
import type { Resources } from '../../../common/resources.ts';
import type { Robustness } from '../../../common/robustness.ts';
import type { Said } from '../../../common/sentences/sentence.ts';
import type { RunThresholds } from '../../../common/thresholds.ts';
import type { EvaluatedOn, ImageFile } from '../../../store/index.ts';
import type { OpenProject } from '../../scope/open-project.ts';
import { splitScores } from '../evaluation-now.ts';
import { smallPicture } from '../../images/small-picture.ts';
import type { ScoredItem, ScoredSet } from '../../scoring/scoring.ts';

/** A picture on which the run is wrong, smaller, with what it says there. */
export interface WrongPicture {
  readonly error: BoxErrorKind;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** Data address; null: the file can't be read. */
  readonly address: string | null;
  readonly item: ScoredItem;
}

/** Everything that a report says. */
export interface ReportFacts extends EvaluatedOn {
  readonly project: Omit<ProjectInfo, 'id'>;
  readonly run: Run;
  readonly evaluation: Omit<Evaluation, 'seconds'>;
  readonly predictedAt: string;
  readonly notes: readonly Said[];
  /** SHA-256 of the labels by which it was judged. */
  readonly labels: string;
  readonly intervals: EvaluationIntervals | null;
  readonly curves: readonly ClassCurve[];
  readonly calibration: Calibration | null;
  readonly falseAlarms: FalseAlarms | null;
  readonly splits: readonly SplitScores[];
  readonly breakdown: ScoreBreakdown | null;
  readonly robustness: Robustness | null;
  readonly resources: Resources | null;
  readonly thresholds: RunThresholds | null;
  readonly classes: readonly {
    readonly id: number;
    readonly kind: 'image' | 'object';
    readonly name: string;
    readonly uses: number;
  }[];
  readonly wrong: readonly WrongPicture[];
}

/** What is worst is shown: what the run was surest of and is wrong, then the largest boxes that it has missed. */
const SHOWN: readonly BoxErrorKind[] = ['background', 'class', 'place', 'missed'];
const PICTURES_A_KIND = 4;
/** Longest side of a picture, pixels. */
const SIDE = 360;

/** Null where no predictions are stored. */
export async function gatherFacts(
  project: OpenProject,
  run: Run,
  on: EvaluatedOn,
): Promise<ReportFacts | null> {
  const { store, scoring } = project;
  const set = { runId: run.id, ...on };
  const scores = await scoring.scores(set, { content: true });
  if (scores?.content === undefined) return null;
  return {
    project: store.info(),
    run,
    ...on,
    evaluation: scores.evaluation,
    predictedAt: scores.predictedAt,
    notes: scores.notes,
    labels: scores.content.checksum,
    intervals: await scoring.intervals(set),
    curves: (await scoring.curves(set)) ?? [],
    falseAlarms: await scoring.falseAlarms(set),
    calibration: await scoring.calibration(set),
    splits: await splitScores(project, run),
    breakdown: await scoring.breakdown(set),
    robustness: store.measurements.find(run.id, 'robustness', on),
    resources: store.measurements.find(run.id, 'resources', null),
    thresholds: store.runs.thresholds(run.id),
    classes: store.classes.list(),
    wrong: await wrongPictures(project, set),
  };
}

async function wrongPictures(project: OpenProject, set: ScoredSet): Promise<WrongPicture[]> {
  const area = ({ truth }: ScoredItem): number => (truth === null ? 0 : truth.width * truth.height);
  const pictures: WrongPicture[] = [];
  for (const error of SHOWN) {
    const query = { part: { of: 'error', error }, sort: 'score', descending: true } as const;
    const { items } = (await project.scoring.items(set, query)) ?? { items: [] };
    if (error === 'missed') items.sort((a, b) => area(b) - area(a));
    for (const item of items.slice(0, PICTURES_A_KIND)) {
      const image = project.store.files.get(item.imageId);
      const { path, width, height } = image;
      pictures.push({ error, path, width, height, address: await pictureIfReadable(project, image), item });
    }
  }
  return pictures;
}

async function pictureIfReadable(project: OpenProject, image: ImageFile): Promise<string | null> {
  try {
    return await smallPicture(project, image, SIDE);
  } catch {
    // The report says that the file can't be read.
    return null;
  }
}
