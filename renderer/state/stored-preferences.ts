import { KEY_PRESETS } from '../key-presets.ts';
import { readOwnKeys } from '../keymap.ts';
import type { KeyPreset } from '../key-presets.ts';
import type { OwnKeys } from '../keymap.ts';
import { WHEEL_ACTIONS } from '../editor/navigator.ts';
import type { WheelAction } from '../editor/navigator.ts';
import { LANGUAGES } from '../../electron/common/sentences/languages.ts';
import type { Language } from '../../electron/common/sentences/languages.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface StoredPreferences {
  theme: Theme;
  language: Language | 'system';
  keyPreset: KeyPreset;
  ownKeys: OwnKeys;
  leftWidth: number;
  rightWidth: number;
  crosshair: boolean;
  /** Score from which “accept all” accepts, 0 to 1. */
  suggestionThreshold: number;
  /** The grid between pixels, from 800 % on. */
  pixelGrid: boolean;
  /** Sides near the image's edge are brought onto it. */
  snap: boolean;
  /** Position and zoom go along from image to image. */
  keepView: boolean;
  /** The drawing tool stays until Escape. */
  keepDrawing: boolean;
  wheel: WheelAction;
  /** Classes written on boxes. */
  tags: boolean;
  /** Their keys before them. */
  tagKeys: boolean;
  /** The guide to the chosen class is open, not folded to one line. */
  classGuide: boolean;
}

export const DEFAULT_PREFERENCES: Readonly<StoredPreferences> = {
  theme: 'system',
  language: 'system',
  keyPreset: 'labelImg',
  ownKeys: {},
  leftWidth: 248,
  rightWidth: 264,
  crosshair: true,
  suggestionThreshold: 0.5,
  pixelGrid: true,
  snap: true,
  keepView: false,
  keepDrawing: false,
  wheel: 'recognize',
  tags: true,
  tagKeys: false,
  classGuide: false,
};

const CHOICES: Partial<Record<keyof StoredPreferences, readonly string[]>> = {
  theme: THEMES,
  language: ['system', ...LANGUAGES],
  keyPreset: KEY_PRESETS,
  wheel: WHEEL_ACTIONS,
};

/** What of a stored object this version understands; another one, or another hand, may have written anything. */
export function readPreferences(stored: unknown): Partial<StoredPreferences> {
  if (typeof stored !== 'object' || stored === null) return {};
  const understood = Object.entries(stored).filter(([name, value]) => {
    if (!Object.hasOwn(DEFAULT_PREFERENCES, name)) return false;
    const key = name as keyof StoredPreferences;
    if (typeof value !== typeof DEFAULT_PREFERENCES[key] || value === null) return false;
    if (typeof value === 'number') return Number.isFinite(value);
    return CHOICES[key]?.includes(value as string) ?? true;
  });
  const read = Object.fromEntries(understood) as Partial<StoredPreferences>;
  return read.ownKeys ? { ...read, ownKeys: readOwnKeys(read.ownKeys) } : read;
}
