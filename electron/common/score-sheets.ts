import type { Evaluation } from './entities.ts';
import { taskLabel, TASKS } from './heads.ts';
import type { TaskName } from './heads.ts';
import { formatMessage } from './sentences/format.ts';
import { languages } from './sentences/languages.ts';
import type { Language } from './sentences/languages.ts';

type Word = keyof (typeof languages)['en']['interface'];

/** A word of the interface, or what every language writes alike. */
export type SheetWord = Word | 'F1' | 'AP' | 'AP50' | 'AP75' | 'mAP' | 'mAP50' | 'mAP75' | 'mAP50-95';

const isWord = (word: SheetWord): word is Word => Object.hasOwn(languages.en.interface, word);

export const sheetText = (word: SheetWord, language: Language): string =>
  isWord(word) ? formatMessage(languages[language].interface[word], language) : word;

/** A text is a name that somebody has given. */
export type SheetCell =
  | string
  | { readonly share: number | null }
  | { readonly gain: number }
  | { readonly count: number }
  | { readonly word: SheetWord };

interface SheetTable {
  readonly title?: SheetWord;
  readonly hint?: SheetWord;
  /** Whether it is left to the report. */
  readonly detail?: boolean;
  readonly columns: readonly SheetWord[];
  readonly rows: readonly (readonly SheetCell[])[];
}

/** The scores of a task laid out, for paper and terminal alike. */
export interface ScoreSheet {
  readonly title: SheetWord;
  readonly label: SheetWord;
  /** The kind of its classes. */
  readonly classes: 'image' | 'object';
  /** The first one is the score, which has an interval. */
  readonly values: readonly {
    readonly word: SheetWord;
    /** On a line of a terminal, where that is shorter. */
    readonly short?: string;
    /** Whether it stands at the head of a report. */
    readonly headline?: boolean;
    readonly value: number;
  }[];
  readonly tables: readonly SheetTable[];
  readonly confusion: NonNullable<Evaluation['boxes']>['confusion'];
  /** The least score of what it counts; null where it counts all. */
  readonly countedFrom: number | null;
  /** The last row and column of the matrix, where that is no class. */
  readonly noClass: SheetWord | null;
  /** How many labels each class has. */
  readonly labels: readonly (readonly [name: string, count: number])[];
}

/** The word of a top-k accuracy; null for a k that this version does not show. */
export const topWord = (k: number): 'metric.top3' | 'metric.top5' | null =>
  k === 3 ? 'metric.top3' : k === 5 ? 'metric.top5' : null;

type ScoresOf<Name extends TaskName> = NonNullable<Evaluation[Name]>;

const layouts: { readonly [Name in TaskName]: (scores: ScoresOf<Name>) => Omit<ScoreSheet, 'label'> } = {
  imageClass: (scores) => ({
    title: 'head.what',
    classes: 'image',
    values: [
      { word: 'metric.accuracy', headline: true, value: scores.accuracy },
      { word: 'metric.balancedAccuracy', short: 'balanced', value: scores.balancedAccuracy },
      { word: 'metric.macroPrecision', value: scores.macroPrecision },
      { word: 'metric.macroRecall', short: 'recall', value: scores.macroRecall },
      { word: 'metric.macroF1', short: 'F1', value: scores.macroF1 },
      ...scores.topK.flatMap(({ k, accuracy }) => {
        const word = topWord(k);
        return word === null ? [] : [{ word, short: `top ${k}`, value: accuracy }];
      }),
    ],
    tables: [
      {
        columns: ['metric.class', 'metric.precision', 'metric.recall', 'F1', 'metric.support'],
        rows: scores.perClass.map(({ name, precision, recall, f1, support }) => [
          name,
          { share: precision },
          { share: recall },
          { share: f1 },
          { count: support },
        ]),
      },
    ],
    confusion: scores.confusion,
    countedFrom: null,
    noClass: null,
    labels: scores.perClass.map(({ name, support }) => [name, support]),
  }),
  boxes: (scores) => ({
    title: 'head.where',
    classes: 'object',
    values: [
      { word: 'mAP50', headline: true, value: scores.map50 },
      { word: 'mAP75', value: scores.map75 },
      { word: 'mAP50-95', short: 'mAP', headline: true, value: scores.map },
      ...(scores.meanIou === null ? [] : [{ word: 'metric.meanIou' as const, value: scores.meanIou }]),
    ],
    tables: [
      {
        columns: ['metric.class', 'AP50', 'AP75', 'AP', 'metric.bestF1', 'metric.bestFrom', 'metric.truths'],
        rows: scores.perClass.map(({ name, ap50, ap75, ap, best, truths }) => [
          name,
          { share: ap50 },
          { share: ap75 },
          { share: ap },
          { share: best?.f1 ?? null },
          { share: best?.score ?? null },
          { count: truths },
        ]),
      },
      {
        title: 'errors.title',
        hint: 'errors.hint',
        columns: ['errors.kind', 'errors.count', 'errors.cost'],
        rows: (scores.errors ?? []).map(({ kind, count, cost }) => [
          { word: `errors.${kind}` },
          { count },
          { gain: cost },
        ]),
      },
      {
        title: 'sizes.title',
        detail: true,
        columns: ['sizes.size', 'metric.truths', 'mAP50-95'],
        rows: (scores.sizes ?? []).map(({ size, truths, map }) => [
          { word: `sizes.${size}` },
          { count: truths },
          { share: map },
        ]),
      },
    ],
    confusion: scores.confusion,
    countedFrom: scores.countedFrom,
    noClass: 'confusion.none',
    labels: scores.perClass.map(({ name, truths }) => [name, truths]),
  }),
};

const sheetOf = <Name extends TaskName>(task: Name, scores: ScoresOf<Name>): ScoreSheet => ({
  label: taskLabel(task),
  ...layouts[task](scores),
});

/** The sheets of each task that was evaluated. */
export function scoreSheets(evaluation: Pick<Evaluation, TaskName>): (ScoreSheet & { task: TaskName })[] {
  return TASKS.flatMap((task) => {
    const scores = evaluation[task];
    return scores === null ? [] : [{ task, ...sheetOf(task, scores) }];
  });
}
