import type { AppState } from '../../state/app.svelte.ts';

/** Which class is explained below the boxes, and whether more of its guide is seen than one line. */
export class ClassGuide {
  readonly #app: AppState;
  /** Asked for, until another class is chosen. */
  #asked = $state<number | null>(null);
  #chosen = $state<number | null>(null);

  constructor(app: AppState) {
    this.#app = app;
  }

  /** Null while nothing is shown: nobody has explained a class of this project yet. */
  get classId(): number | null {
    if (this.#asked !== null) return this.#there(this.#asked);
    const explained = this.#app.classes.some((one) => one.description !== '' || one.examples.length > 0);
    return explained ? this.#there(this.#chosen) : null;
  }

  /** As it was left, for every class. */
  get open(): boolean {
    return this.#app.preferences.get('classGuide');
  }

  /** The class that is labelled with now. */
  follow(classId: number | null): void {
    if (classId === this.#chosen) return;
    this.#chosen = classId;
    this.#asked = null;
  }

  /** Shows a class, whether or not it is the chosen one. */
  show(classId: number): void {
    this.#asked = classId;
    this.#app.preferences.set('classGuide', true);
  }

  toggle(): void {
    const shows = this.open && this.classId !== null;
    this.#app.preferences.set('classGuide', !shows);
    this.#asked = this.classId ?? this.#chosen ?? this.#app.classes[0]?.id ?? null;
  }

  #there(classId: number | null): number | null {
    return this.#app.classes.some(({ id }) => id === classId) ? classId : null;
  }
}
