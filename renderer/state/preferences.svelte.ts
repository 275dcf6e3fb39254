import { chooseLanguage } from '../i18n/format.ts';
import { setLanguage } from '../i18n/index.svelte.ts';
import type { Language } from '../i18n/types.ts';
import type { KeyPreset } from '../commands.ts';

export type Theme = 'system' | 'light' | 'dark';

interface Stored {
  theme: Theme;
  language: Language | 'system';
  keyPreset: KeyPreset;
  leftWidth: number;
  rightWidth: number;
  crosshair: boolean;
  /** Score from which “accept all” accepts, 0 to 1. */
  suggestionThreshold: number;
}

const KEY = 'twinhead.preferences';
const DEFAULTS: Stored = {
  theme: 'system',
  language: 'system',
  keyPreset: 'labelImg',
  leftWidth: 248,
  rightWidth: 264,
  crosshair: true,
  suggestionThreshold: 0.5,
};

/** What this person chose for this browser: looks, language, keys, widths of panes. Losing it costs comfort only. */
export class Preferences {
  #stored = $state<Stored>({ ...DEFAULTS, ...read() });
  #systemDark = $state(false);

  constructor() {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    this.#systemDark = dark.matches;
    dark.addEventListener('change', (event) => {
      this.#systemDark = event.matches;
      this.#show();
    });
    addEventListener('languagechange', () => this.#show());
    this.#show();
  }

  get<Name extends keyof Stored>(name: Name): Stored[Name] {
    return this.#stored[name];
  }

  set<Name extends keyof Stored>(name: Name, value: Stored[Name]): void {
    this.#stored[name] = value;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#stored));
    } catch {
      // Storage that is full or forbidden: the choice holds until the window closes.
    }
    this.#show();
  }

  /** The theme shown now. */
  get dark(): boolean {
    return this.#stored.theme === 'system' ? this.#systemDark : this.#stored.theme === 'dark';
  }

  #show(): void {
    const { language } = this.#stored;
    const shown = language === 'system' ? chooseLanguage(navigator.languages) : language;
    setLanguage(shown);
    document.documentElement.lang = shown;
    document.documentElement.dataset['theme'] = this.dark ? 'dark' : 'light';
  }
}

function read(): Partial<Stored> {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
