import { chooseLanguage } from '../../electron/common/sentences/languages.ts';
import { setLanguage } from '../i18n/index.svelte.ts';
import type { Keymap } from '../keymap.ts';
import { DEFAULT_PREFERENCES, readPreferences } from './stored-preferences.ts';
import type { StoredPreferences } from './stored-preferences.ts';

/** Where the services keep the preferences of this person. */
export interface PreferenceStore {
  load(): Promise<Record<string, unknown>>;
  /** @param changed what is not in it stays as it is */
  save(changed: Partial<StoredPreferences>): Promise<unknown>;
}

type Name = keyof StoredPreferences;

const KEY = 'twinhead.preferences';
/** Names of those that the services don't have yet, as JSON; not there where they have all. */
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
  /** Names of those that the services don't have yet: another window may have changed the others meanwhile. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that no template reads
  readonly #changed = new Set<Name>(readUnsaved());
  /** Something was changed since the last saving began. */
  #isNew = false;

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

  get<Which extends Name>(name: Which): StoredPreferences[Which] {
    return this.#stored[name];
  }

  set<Which extends Name>(name: Which, value: StoredPreferences[Which]): void {
    this.#stored[name] = value;
    this.#changed.add(name);
    this.#isNew = true;
    this.#keepLocal();
    this.#show();
    if (this.#timer === null) this.#save();
  }

  /** At once, since the page may be closed in the next moment; what changes soon after, together. */
  #save(): void {
    if (this.#store !== null) {
      this.#isNew = false;
      const now = $state.snapshot(this.#stored);
      const names = [...this.#changed];
      this.#store.save(Object.fromEntries(names.map((name) => [name, now[name]]))).then(
        () => {
          for (const name of names)
            if (JSON.stringify(now[name]) === JSON.stringify(this.#stored[name])) this.#changed.delete(name);
          this.#keepLocal();
        },
        // The copy in this browser still has them, marked as unsaved; the next change or start takes them along.
        () => undefined,
      );
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#isNew) this.#save();
    }, SAVE_DELAY);
  }

  /** Takes over what the services know of this person, and tells them of changes from now on. */
  async connect(store: PreferenceStore): Promise<void> {
    this.#store = store;
    const known = readPreferences(await store.load());
    // What was changed here, in the meantime or just before the page was closed, is newer.
    const own = $state.snapshot(this.#stored);
    Object.assign(
      this.#stored,
      known,
      Object.fromEntries([...this.#changed].map((name) => [name, own[name]])),
    );
    if (this.#changed.size > 0 && this.#timer === null) this.#save();
    this.#keepLocal();
    this.#show();
  }

  #keepLocal(): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#stored));
      if (this.#changed.size > 0) localStorage.setItem(UNSAVED, JSON.stringify([...this.#changed]));
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

function readUnsaved(): Name[] {
  try {
    const names: unknown = JSON.parse(localStorage.getItem(UNSAVED) ?? '[]');
    return Array.isArray(names) ? names.filter(isName) : [];
  } catch {
    return [];
  }
}

const isName = (name: unknown): name is Name =>
  typeof name === 'string' && Object.hasOwn(DEFAULT_PREFERENCES, name);

function readLocal(): Partial<StoredPreferences> {
  try {
    return readPreferences(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return {};
  }
}
