export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'bad';
  readonly actions: readonly ToastAction[];
  readonly subject: string | null;
}

export interface ToastAction {
  readonly label: string;
  run(): void;
}

const SECONDS = 6;
const MOST_SHOWN = 4;

/** How far from the sides of the window the messages stay, CSS pixels. */
export interface Sides {
  readonly left: number;
  readonly right: number;
}

const NO_SIDES: Sides = { left: 0, right: 0 };

/** Short messages over the views, each for some seconds. */
export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  /** Panes that the messages don't cover: a page that has them says so while it is shown. */
  sides = $state.raw<Sides>(NO_SIDES);
  #next = 1;

  /** @returns gives the room back */
  keepClearOf(sides: Sides): () => void {
    this.sides = sides;
    return () => (this.sides = NO_SIDES);
  }

  /** @param subject of which only the newest message is shown */
  show(
    text: string,
    tone: Toast['tone'] = 'plain',
    offered: ToastAction | readonly ToastAction[] | null = null,
    subject: string | null = null,
  ): void {
    const actions = offered === null ? [] : [offered].flat();
    const toast = { id: this.#next++, text, tone, actions, subject };
    const others = this.list.filter((other) => subject === null || other.subject !== subject);
    this.list = [...others.slice(1 - MOST_SHOWN), toast];
    setTimeout(() => this.dismiss(toast.id), SECONDS * 1000);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}
