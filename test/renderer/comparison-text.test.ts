import { describe, expect, it } from 'vitest';
import {
  differenceText,
  figureText,
  isOverallNews,
  settingText,
  toneOf,
} from '../../renderer/train/comparison-text.ts';

describe('figures of a comparison', () => {
  it('are shares with their scatter, times as times, and a dash where there is none', () => {
    expect(figureText('boxes.map50', { mean: 0.9712, deviation: 0.0043 })).toBe('97.1% ± 0.4%');
    expect(figureText('boxes.map50', { mean: 0.5, deviation: null })).toBe('50.0%');
    expect(figureText('boxes.map50', { mean: null, deviation: null })).toBe('–');
    expect(figureText('epochs', { mean: 12.5, deviation: null })).toBe('12.5');
    expect(figureText('seconds', { mean: 61, deviation: null })).not.toContain('%');
  });

  it('differ with their sign', () => {
    expect(differenceText('overall', { mean: 0.012, deviation: 0.008, pairs: 3 })).toBe('Δ +1.2% ± 0.8%');
    expect(differenceText('overall', { mean: -0.012, deviation: null, pairs: 1 })).toBe('Δ −1.2%');
    expect(differenceText('overall', { mean: 0, deviation: null, pairs: 1 })).toBe('Δ ±0.0%');
  });

  it('are summed up only where the sum is not the one score beside it', () => {
    expect(isOverallNews(0.7, [0.6, 0.8])).toBe(true);
    expect(isOverallNews(0.7, [0.7, null])).toBe(false);
    expect(isOverallNews((0.7 * 3) / 3, [null, 0.7])).toBe(false);
    // With several classes an image, F1 counts and the accuracy is shown.
    expect(isOverallNews(0.4, [0.7])).toBe(true);
  });

  it('belong to a head by their name, and settings of another version are a dash', () => {
    expect(['imageClass.accuracy', 'boxes.map', 'overall'].map(toneOf)).toEqual(['what', 'where', 'plain']);
    expect([5, 'nano', null, undefined, true].map(settingText)).toEqual(['5', 'nano', '–', '–', 'true']);
  });
});
