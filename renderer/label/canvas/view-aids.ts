import { NO_VIEW_AIDS } from '../../editor/tone.ts';
import type { ViewAids } from '../../editor/tone.ts';
import { number, percent, t } from '../../i18n/index.svelte.ts';

/** What the panel's sliders and the keys go through. */
export const AID_RANGES: Readonly<Record<keyof ViewAids, { min: number; max: number; step: number }>> = {
  brightness: { min: -0.8, max: 0.8, step: 0.05 },
  contrast: { min: 0.2, max: 4, step: 0.1 },
  gamma: { min: 0.2, max: 4, step: 0.1 },
};

/** One step up (or, with −1, down) on an aid's slider. */
export function stepAid(aids: ViewAids, name: keyof ViewAids, direction: 1 | -1): ViewAids {
  const { min, max, step } = AID_RANGES[name];
  const value = Math.round((aids[name] + direction * step) / step) * step;
  return { ...aids, [name]: Number(Math.min(max, Math.max(min, value)).toFixed(2)) };
}

export function aidText(name: keyof ViewAids, value: number): string {
  if (name === 'gamma') return number(value, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  if (name === 'contrast') return percent(value, 0);
  return `${value > 0 ? '+' : ''}${percent(value, 0)}`;
}

/** The aids in use, in words. */
export function describeViewAids(aids: ViewAids): string {
  const names = ['brightness', 'contrast', 'gamma'] as const;
  return names
    .filter((name) => aids[name] !== NO_VIEW_AIDS[name])
    .map((name) => `${t(`aids.${name}`)} ${aidText(name, aids[name])}`)
    .join(' · ');
}
