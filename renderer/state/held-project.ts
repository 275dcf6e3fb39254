import type { Client, ProjectClient } from '../../electron/common/contract.ts';
import { toCallError } from '../client.ts';
import { resending } from './resend.ts';

/** A hidden page's timers run once a minute at most. */
const HOLD_EVERY_MS = 60_000;

/** By what the services tell this page from others: not kept, since a copy of the tab would have it too. */
export const pageId: string = crypto.randomUUID();

/**
 * A project that the services keep open for this page. Where they have closed it all the same (they were started anew,
 * or the browser put the page to sleep), the next call opens it again first.
 */
export class HeldProject {
  readonly id: string;
  readonly path: string;
  readonly client: ProjectClient;
  readonly #services: Client;
  readonly #unaided: ProjectClient;
  readonly #listening = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #timer: ReturnType<typeof setInterval>;
  #opening: Promise<unknown> | null = null;
  #released = false;

  /** @param onError called where the project can't be held any more */
  constructor(
    services: Client,
    { id, path }: { readonly id: string; readonly path: string },
    onError: (error: unknown) => void,
  ) {
    this.id = id;
    this.path = path;
    this.#services = services;
    const client = services.of(id);
    this.#unaided = client;
    const call = resending(async (name, input) => {
      try {
        return await client.call(name, input);
      } catch (error) {
        // Nothing was done: so it can be asked once more.
        if (this.#released || toCallError(error).code !== 'no-project') throw error;
        await this.#openAgain();
        return client.call(name, input);
      }
    });
    this.client = {
      ...client,
      call: (name, input) => this.#noted(call(name, input)),
    };
    const hold = (): void => {
      this.client.call('project.hold', { page: pageId }).catch(onError);
    };
    this.#timer = setInterval(hold, HOLD_EVERY_MS);
    const { signal } = this.#listening;
    // Nobody is left to hear of a failure: then the services notice the silence.
    const leave = () =>
      void client.call('project.close', { page: pageId, pageEnds: true }).catch(() => undefined);
    addEventListener('pagehide', leave, { signal });
    // Back from the browser's memory.
    addEventListener('pageshow', ({ persisted }) => persisted && hold(), { signal });
  }

  #noted<Value>(answer: Promise<Value>): Promise<Value> {
    const end = (): void => void this.#underWay.delete(answer);
    this.#underWay.add(answer);
    answer.then(end, end);
    return answer;
  }

  #openAgain(): Promise<unknown> {
    this.#opening ??= this.#services
      .call('project.open', { path: this.path, page: pageId })
      .finally(() => (this.#opening = null));
    return this.#opening;
  }

  /** This page needs it no more, or asks for it anew. */
  forget(): void {
    this.#released = true;
    clearInterval(this.#timer);
    this.#listening.abort();
  }

  /** Tells the services, which close it where nobody else needs it. What is asked already is answered first. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    try {
      await this.#unaided.call('project.close', { page: pageId });
    } catch (error) {
      // They have closed it already.
      if (toCallError(error).code !== 'no-project') throw error;
    }
    this.forget();
  }
}
