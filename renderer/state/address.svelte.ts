export type TabName = 'label' | 'dataset' | 'train' | 'evaluate' | 'models';
export const TABS: readonly TabName[] = ['label', 'dataset', 'train', 'evaluate', 'models'];

/** What a page writes behind its name: `#/evaluate?run=r0001&split=test`. */
export type PageState = Readonly<Record<string, string>>;

/**
 * The part of the address that this page writes: which page is shown, and what it shows. A page that is come back to by
 * its link shows what it showed last; reloading and the browser's Back work by the address alone.
 */
export class Address {
  tab = $state<TabName>('label');
  state = $state.raw<PageState>({});
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- bookkeeping that no template reads
  readonly #last = new Map<TabName, PageState>();

  constructor() {
    this.#read();
    addEventListener('hashchange', () => this.#read());
    addEventListener('popstate', () => this.#read());
  }

  /** To a page, as it was left. */
  go(tab: TabName): void {
    this.#write(tab, this.#last.get(tab) ?? {}, 'push');
  }

  /** To a page that shall show this, whatever it showed before. */
  open(tab: TabName, state: PageState): void {
    this.#write(tab, state, 'push');
  }

  /**
   * What the open page shows now.
   * @param changed undefined: no longer said
   * @param how push: a step that Back takes back; replace: no step of its own
   */
  show(changed: Readonly<Record<string, string | undefined>>, how: 'push' | 'replace'): void {
    const all = Object.entries({ ...this.state, ...changed });
    this.#write(
      this.tab,
      Object.fromEntries(all.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
      how,
    );
  }

  /** The project is left: the next one begins on its first page, and what this one's pages showed means nothing there. */
  forget(): void {
    this.#last.clear();
    this.#write('label', {}, 'replace');
  }

  #write(tab: TabName, state: PageState, how: 'push' | 'replace'): void {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- used at once
    const query = new URLSearchParams(state).toString();
    const address = `#/${tab}${query === '' ? '' : `?${query}`}`;
    if (address !== location.hash) history[how === 'push' ? 'pushState' : 'replaceState'](null, '', address);
    this.#take(tab, state);
  }

  #read(): void {
    const [name, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
    const tab = TABS.find((one) => one === name) ?? 'label';
    const last = this.#last.get(tab);
    // By the link in the header, which names the page only.
    if (query === '' && last !== undefined && tab !== this.tab) this.#write(tab, last, 'replace');
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- used at once
    else this.#take(tab, Object.fromEntries(new URLSearchParams(query)));
  }

  #take(tab: TabName, state: PageState): void {
    this.tab = tab;
    this.state = state;
    this.#last.set(tab, state);
  }
}
