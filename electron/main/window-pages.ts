import type { Answer } from '../common/contract.ts';
import type { Dispatch } from '../dispatch.ts';
import type { CallMessage } from './requests.ts';

/** A window's contents, as far as it matters. */
interface Contents {
  isDestroyed(): boolean;
  once(event: 'destroyed', listener: () => void): unknown;
}

/** The field of the answer that names the project which a page shows from then on. */
const OPENS: Readonly<Record<string, 'id' | 'projectId'>> = {
  'project.open': 'id',
  'project.create': 'id',
  'project.sample': 'projectId',
};

/** The projects that windows show: each is let go when its window is gone, whether or not the page could say so. */
export class WindowPages {
  readonly #dispatch: Dispatch;
  readonly #shown = new WeakMap<Contents, Map<string, string>>();

  constructor(dispatch: Dispatch) {
    this.#dispatch = dispatch;
  }

  /** Told of every call of a window's page, with its answer. */
  follow(contents: Contents, { name, input }: CallMessage, answer: Answer<unknown>): void {
    if (!Object.hasOwn(OPENS, name) || !answer.ok) return;
    const { page } = input as { readonly page?: unknown };
    const project = (answer.value as Record<string, unknown>)[OPENS[name]!];
    if (typeof page !== 'string' || typeof project !== 'string') return;
    // Projects by page: it has said itself what it shows no more.
    const shown = this.#shown.get(contents) ?? new Map<string, string>();
    shown.set(page, project);
    if (contents.isDestroyed()) this.#leave(shown);
    else if (!this.#shown.has(contents)) contents.once('destroyed', () => this.#leave(shown));
    this.#shown.set(contents, shown);
  }

  #leave(shown: ReadonlyMap<string, string>): void {
    // One that is closed already answers so: nothing is left to be done then.
    for (const [page, project] of shown) void this.#dispatch.call(project, 'project.close', { page });
  }
}
