import type { ComparedFigure } from '../../electron/common/entities.ts';
import { FIGURES, TASKS } from '../../electron/common/heads.ts';
import { sheetText } from '../../electron/common/score-sheets.ts';
import { duration, language, number, percent, t } from '../i18n/index.svelte.ts';
import { HEAD_LOOKS } from './head-looks.ts';

/** The colour of the head that a figure belongs to. */
export function toneOf(metric: string): 'what' | 'where' | 'plain' {
  const task = TASKS.find((name) => metric.startsWith(`${name}.`));
  return task === undefined ? 'plain' : HEAD_LOOKS[task].tone;
}

/** A figure's name; that of a newer version of the services as it is called there. */
export function metricTitle(metric: string): string {
  const figure = FIGURES.find(({ id }) => id === metric);
  if (figure !== undefined) return sheetText(figure.title, language());
  switch (metric) {
    case 'overall':
      return t('metric.overall');
    case 'epochs':
      return t('compare.metric.epochs');
    case 'seconds':
      return t('compare.metric.seconds');
    default:
      return metric;
  }
}

/** Whether an overall score is more than the one score beside it, as it is where several heads count or other figures. */
export function isOverallNews(overall: number | null, scores: readonly (number | null)[]): boolean {
  const [score, ...others] = scores.filter((one) => one !== null);
  return score === undefined || others.length > 0 || overall === null || Math.abs(overall - score) > 1e-9;
}

/** `97.1% ± 0.4%`, `1:20 ± 0:03`; a dash where no run has the figure. */
export function figureText(
  metric: string,
  { mean, deviation }: Pick<ComparedFigure, 'mean' | 'deviation'>,
): string {
  if (mean === null) return '–';
  const text = valueText(metric, mean);
  return deviation === null ? text : `${text} ± ${valueText(metric, deviation)}`;
}

/** `Δ +1.2% ± 0.8%`: the mean of the differences by seed, and how much they scatter. */
export function differenceText(
  metric: string,
  { mean, deviation }: NonNullable<ComparedFigure['delta']>,
): string {
  const sign = mean > 0 ? '+' : mean < 0 ? '−' : '±';
  const text = `Δ ${sign}${valueText(metric, Math.abs(mean))}`;
  return deviation === null ? text : `${text} ± ${valueText(metric, deviation)}`;
}

function valueText(metric: string, value: number): string {
  if (metric === 'seconds') return duration(value);
  if (metric === 'epochs') return number(value, { maximumFractionDigits: 1 });
  return percent(value);
}

/** A value of a configuration as text; a dash where the run's version had no such setting. */
export function settingText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
