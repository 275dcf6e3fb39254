import { isDeepStrictEqual } from 'node:util';
import { FIGURES, TASKS } from '../../common/heads.ts';
import type { ComparedFigure, ComparedVariant, Comparison, Evaluation, Run } from '../../common/entities.ts';
import { sentenceText } from '../../common/sentences/index.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Sentence } from '../../common/sentences/sentence.ts';
import { LANGUAGES } from '../../common/sentences/languages.ts';
import type { Language } from '../../common/sentences/languages.ts';
import { flatConfig } from '../runs/flat-config.ts';

/** A run and its evaluation; null where it has none on the split. */
export interface EvaluatedRun {
  readonly run: Run;
  readonly evaluation: Evaluation | null;
}

interface Group {
  readonly runs: readonly EvaluatedRun[];
  /** Settings by path, the seed left out. */
  readonly settings: ReadonlyMap<string, unknown>;
}

/**
 * Runs side by side: those that differ in the seed only are one variant, in the order of the seeds; variants stand in
 * the order of their first runs, and the first is what the others are measured against.
 * @param names of the variants by id of a run; where none is given, that of the run without its seed
 */
export function compareRuns(
  evaluated: readonly EvaluatedRun[],
  split: Comparison['split'],
  names: ReadonlyMap<string, string> = new Map(),
): Comparison {
  const groups = groupBySettings(evaluated);
  const differing = differingSettings(groups);
  return {
    split,
    variants: groups.map((group) => describe(group, differing, names)),
    metrics: METRICS.flatMap(({ id, of }) => {
      const values = groups.map(({ runs }) => runs.map((one) => of(one)));
      if (values.flat().every((value) => value === null)) return [];
      // The overall score of a single head is of another kind than that of both.
      if (id === 'overall' && !sameHeads(evaluated)) return [];
      return [{ id, figures: figuresOf(groups, values) }];
    }),
    notes: notesOn(evaluated),
  };
}

/** Order and meaning of the lines of a comparison. */
const METRICS: readonly { readonly id: string; readonly of: (one: EvaluatedRun) => number | null }[] = [
  ...FIGURES.map(({ id, of }) => ({
    id,
    of: ({ evaluation }: EvaluatedRun) => (evaluation === null ? null : of(evaluation)),
  })),
  { id: 'overall', of: ({ evaluation }) => evaluation?.overall ?? null },
  { id: 'epochs', of: ({ run }) => run.epoch },
  { id: 'seconds', of: ({ run }) => run.seconds },
];

function groupBySettings(evaluated: readonly EvaluatedRun[]): Group[] {
  const groups: { runs: EvaluatedRun[]; settings: Map<string, unknown> }[] = [];
  for (const one of evaluated) {
    const settings = flatConfig(one.run.config);
    settings.delete('seed');
    const { filter } = one.run;
    settings.set('filter', filter?.name ?? null);
    const group = groups.find(
      (other) =>
        isDeepStrictEqual(other.settings, settings) &&
        isDeepStrictEqual(other.runs[0]?.run.filter?.filter, filter?.filter),
    );
    if (group === undefined) groups.push({ runs: [one], settings });
    else group.runs.push(one);
  }
  for (const { runs } of groups) runs.sort((a, b) => a.run.seed - b.run.seed);
  return groups;
}

function differingSettings(groups: readonly Group[]): string[] {
  const all = new Set(groups.flatMap(({ settings }) => [...settings.keys()]));
  const [first] = groups;
  return [...all].filter((path) =>
    groups.some(({ settings }) => !isDeepStrictEqual(settings.get(path), first?.settings.get(path))),
  );
}

function describe(
  { runs, settings }: Group,
  differing: readonly string[],
  names: ReadonlyMap<string, string>,
): ComparedVariant {
  const { id, name } = runs[0]!.run;
  return {
    name: names.get(id) ?? (runs.length > 1 ? variantNameOf(name) : name),
    runs: runs.map(({ run }) => ({
      id: run.id,
      name: run.name,
      seed: run.seed,
      state: run.state,
      dataRevision: run.dataRevision,
    })),
    settings: Object.fromEntries(differing.map((path) => [path, settings.get(path) ?? null])),
  };
}

/** As comparisons name their runs: "joint, seed 2". */
export const runNameOf = (variant: string, seed: number, language: Language): string =>
  sentenceText(say('services.compare.run', { variant, seed: String(seed) }), language);

/** What {@link runNameOf} adds, in any language; a taken name has a number behind it. */
const SEED = new RegExp(
  `(${LANGUAGES.map((language) => runNameOf('', 0, language).replace('0', '\\d+')).join('|')})( \\(\\d+\\))?$`,
);

export function variantNameOf(runName: string): string {
  return runName.replace(SEED, '');
}

function figuresOf(
  groups: readonly Group[],
  values: readonly (readonly (number | null)[])[],
): ComparedFigure[] {
  const bySeed = (group: number): Map<number, number> =>
    new Map(
      groups[group]!.runs.flatMap(({ run }, index) => {
        const value = values[group]![index] ?? null;
        return value === null ? [] : [[run.seed, value]];
      }),
    );
  const baseline = bySeed(0);
  return groups.map((_group, index) => {
    const own = bySeed(index);
    const differences = [...own].flatMap(([seed, value]) => {
      const other = baseline.get(seed);
      return other === undefined ? [] : [value - other];
    });
    return {
      values: [...values[index]!],
      ...meanAndDeviation(values[index]!.filter((value) => value !== null)),
      delta:
        index === 0 || differences.length === 0
          ? null
          : { ...meanAndDeviation(differences), mean: mean(differences), pairs: differences.length },
    };
  });
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function meanAndDeviation(values: readonly number[]): { mean: number | null; deviation: number | null } {
  if (values.length === 0) return { mean: null, deviation: null };
  const middle = mean(values);
  if (values.length === 1) return { mean: middle, deviation: null };
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return { mean: middle, deviation: Math.sqrt(squares / (values.length - 1)) };
}

function sameHeads(evaluated: readonly EvaluatedRun[]): boolean {
  const heads = evaluated.flatMap(({ evaluation }) =>
    evaluation === null ? [] : [TASKS.filter((task) => evaluation[task] !== null).join()],
  );
  return new Set(heads).size <= 1;
}

function notesOn(evaluated: readonly EvaluatedRun[]): Sentence[] {
  const notes: Sentence[] = [];
  const different = (what: readonly unknown[]): boolean => new Set(what).size > 1;
  if (different(evaluated.map(({ run }) => run.dataRevision)))
    notes.push(say('services.compare.otherLabels'));
  if (different(evaluated.flatMap(({ evaluation }) => evaluation?.dataRevision ?? [])))
    notes.push(say('services.compare.otherFigures'));
  if (different(evaluated.map(({ run }) => run.appVersion)))
    notes.push(say('services.compare.otherVersions'));
  // One that got through no epoch has taken no time that could be compared.
  const trained = evaluated.filter(({ run }) => run.epoch > 0);
  if (different(trained.map(({ run }) => `${run.engine} ${run.device}`)))
    notes.push(say('services.compare.otherDevices'));
  const total = evaluated.length;
  const unevaluated = evaluated.filter(({ evaluation }) => evaluation === null).length;
  if (unevaluated > 0) notes.push(say('services.compare.unjudged', { count: unevaluated, total }));
  const unfinished = evaluated.filter(({ run }) => run.state !== 'done').length;
  if (unfinished > 0) notes.push(say('services.compare.unfinished', { count: unfinished, total }));
  return notes;
}
