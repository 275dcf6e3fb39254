import type { AssistState } from '../../../electron/common/entities.ts';
import type { Said } from '../../../electron/common/sentences/sentence.ts';
import type { AppState } from '../../state/app.svelte.ts';

/** Images after the open one that are suggested for ahead. */
const AHEAD = 12;
/** The services take a page that says nothing for three minutes to be gone. */
const STILL_HERE = 60_000;

/** The live assistant as this page knows it: switched on and off, told what is looked at, heard of. */
export class LiveAssist {
  /** null: not heard of yet. */
  state = $state.raw<AssistState | null>(null);
  /** Switching it on or off is on its way. */
  busy = $state(false);
  #hidden = $state.raw<Said | null>(null);
  readonly #app: AppState;
  /** This page, among others that show the project. */
  readonly #viewer = crypto.randomUUID();
  /** Counts questions for the state: only the last one's answer is of now. */
  #asked = 0;
  #open: number | null = null;
  #ahead: readonly number[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(app: AppState) {
    this.#app = app;
  }

  get isOn(): boolean {
    return (this.state?.jobId ?? null) !== null;
  }

  /** That a full training would pay, until a person has put it away. */
  get offer(): Said | null {
    const offer = this.state?.offer ?? null;
    return offer !== null && JSON.stringify(offer) !== JSON.stringify(this.#hidden) ? offer : null;
  }

  hideOffer(): void {
    this.#hidden = this.state?.offer ?? null;
  }

  /** @returns what ends it: the assistant goes on while this page is open */
  listen(): () => void {
    const end = this.#app.changes.listen(({ what }) => {
      // Back in touch, all of the page is asked for anew.
      if (what === 'assist' || what === 'images') this.#ask();
    });
    this.#ask();
    return () => {
      end();
      this.#open = null;
      if (this.isOn) this.#tell();
    };
  }

  #ask(): void {
    const ticket = (this.#asked += 1);
    this.#app.attempt(async () => {
      const state = await this.#app.client.call('assist.state', {});
      if (ticket === this.#asked) this.#heard(state);
    });
  }

  async toggle(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      if (this.isOn) await this.#app.client.call('assist.stop', {});
      else await this.#app.client.call('assist.start', this.#looksAt());
    } finally {
      this.busy = false;
    }
  }

  pause(paused: boolean): Promise<unknown> {
    return this.#app.client.call('assist.pause', { paused });
  }

  /** @param ids of the list, of which the open image is at `index` */
  look(open: number | null, ids: readonly number[], index: number): void {
    const ahead = index < 0 ? [] : ids.slice(index + 1, index + 1 + AHEAD);
    if (open === this.#open && ahead.join() === this.#ahead.join()) return;
    this.#open = open;
    this.#ahead = ahead;
    if (this.isOn) this.#tell();
  }

  #heard(state: AssistState): void {
    const wasOn = this.isOn;
    // What is the same as before is not drawn again.
    if (JSON.stringify(state) !== JSON.stringify(this.state)) this.state = state;
    if (this.isOn === wasOn) return;
    clearInterval(this.#timer);
    if (!this.isOn) return;
    // Another window may have switched it on: it suggests for what is looked at here, too.
    this.#tell();
    this.#timer = setInterval(() => {
      if (this.isOn && this.#app.connected) this.#tell();
    }, STILL_HERE);
  }

  #looksAt(): { viewer: string; open: number | null; ahead: number[] } {
    return { viewer: this.#viewer, open: this.#open, ahead: [...this.#ahead] };
  }

  #tell(): void {
    // What is lost is told again a minute later, or with the next image.
    this.#app.client.call('assist.look', this.#looksAt()).catch(() => undefined);
  }
}
