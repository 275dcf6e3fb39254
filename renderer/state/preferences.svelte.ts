import { chooseLanguage } from '../../electron/common/sentences/languages.ts';
import { setLanguage } from '../i18n/index.svelte.ts';
import type { Keymap } from '../keymap.ts';
import { DEFAULT_PREFERENCES, readPreferences } from './stored-preferences.ts';
import type { StoredPreferences } from './stored-preferences.ts';

/** Where the services keep the preferences of this person. */
export interface PreferenceStore {
  load(): Promise<Record<string, unknown>>;
  save(preferences: Record<string, unknown>): Promise<unknown>;
}

const KEY = 'twinhead.preferences';
/** There while the services don't have the latest. */
const UNSAVED = 'twinhead.preferences.unsaved';
/** Between two savings: a pane that is dragged changes its width with every step. */
const SAVE_DELAY = 300;

/**
 * What this person chose: looks, language, keys, widths of panes. The services keep it, so that it is the same in
 * every browser and at every port; a copy in this browser is there before they answer. Losing it costs comfort only.
 */
export class Preferences {
  #stored = $state<StoredPreferences>({ ...DEFAULT_PREFERENCES, ...readLocal() });
  #systemDark = $state(false);
  readonly #keymap = $derived<Keymap>({ preset: this.#stored.keyPreset, own: this.#stored.ownKeys });
  #store: PreferenceStore | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #changed = false;

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

  get<Name extends keyof StoredPreferences>(name: Name): StoredPreferences[Name] {
    return this.#stored[name];
  }

  set<Name extends keyof StoredPreferences>(name: Name, value: StoredPreferences[Name]): void {
    this.#stored[name] = value;
    this.#changed = true;
    this.#keepLocal();
    this.#show();
    if (this.#timer === null) this.#save();
  }

  /** At once, since the page may be closed in the next moment; what changes soon after, together. */
  #save(): void {
    if (this.#store !== null) {
      this.#changed = false;
      const saved = this.#store.save($state.snapshot(this.#stored));
      saved.then(
        () => this.#keepLocal(),
        // The copy in this browser still has it, marked as unsaved; the next change or start takes it along.
        () => undefined,
      );
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#changed) this.#save();
    }, SAVE_DELAY);
  }

  /** Takes over what the services know of this person, and tells them of changes from now on. */
  async connect(store: PreferenceStore): Promise<void> {
    this.#store = store;
    const known = readPreferences(await store.load());
    // What was changed here, in the meantime or just before the page was closed, is newer.
    if (this.#timer !== null) return;
    if (hasUnsaved()) {
      this.#save();
      return;
    }
    Object.assign(this.#stored, known);
    this.#keepLocal();
    this.#show();
  }

  #keepLocal(): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#stored));
      if (this.#changed) localStorage.setItem(UNSAVED, '1');
      else localStorage.removeItem(UNSAVED);
    } catch {
      // Storage that is full or forbidden: the services have it too.
    }
  }

  /** The preset with this person's own keys over it. */
  get keymap(): Keymap {
    return this.#keymap;
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

function hasUnsaved(): boolean {
  try {
    return localStorage.getItem(UNSAVED) !== null;
  } catch {
    return false;
  }
}

function readLocal(): Partial<StoredPreferences> {
  try {
    return readPreferences(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return {};
  }
}
