import type { AppState } from '../../state/app.svelte.ts';

/** Which class is explained beside the class list. */
export class ClassGuide {
  readonly #app: AppState;
  /** Asked for, until another class is chosen. */
  #asked = $state<number | null>(null);
  #chosen = $state<number | null>(null);

  constructor(app: AppState) {
    this.#app = app;
  }

  /** Null while nothing is shown: it was put away, or nobody has explained a class of this project yet. */
  get classId(): number | null {
    if (this.#asked !== null) return this.#there(this.#asked);
    const explained = this.#app.classes.some((one) => one.description !== '' || one.examples.length > 0);
    return explained && this.#app.preferences.get('classGuide') ? this.#there(this.#chosen) : null;
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
    const shows = this.classId !== null;
    this.#app.preferences.set('classGuide', !shows);
    this.#asked = shows ? null : (this.#chosen ?? this.#app.classes[0]?.id ?? null);
  }

  #there(classId: number | null): number | null {
    return this.#app.classes.some(({ id }) => id === classId) ? classId : null;
  }
}
