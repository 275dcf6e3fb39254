import { unlessAborted } from '../../common/abort.ts';
import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';

/**
 * What one job has at a time. engine: runs a network over many images; training: trains, also between the runs of a
 * comparison; pixels: decodes images for a network.
 */
export type Resource = 'engine' | 'training' | 'pixels';

/** Who asks for a resource, as it is named to those who wait or are refused. */
export interface Claimant {
  /** Title of the job. */
  readonly title: Said;
  /** Name of its project; null: of none. */
  readonly project: string | null;
  /** Called where it has a resource that somebody begins to wait for: it gives it back as soon as it can. */
  readonly yields?: (() => void) | undefined;
}

interface Claim {
  readonly who: Claimant;
  readonly granted: PromiseWithResolvers<Disposable>;
}

/** Resources are granted in the order in which they were asked for. */
export class Resources {
  readonly #holders = new Map<Resource, Claimant>();
  readonly #waiting = new Map<Resource, Claim[]>();

  isFree(resource: Resource): boolean {
    return !this.#holders.has(resource);
  }

  /** Whoever has it now, as `claimant` knows it: of another project by that, too. */
  holder(resource: Resource, claimant: Claimant): Said | null {
    const holder = this.#holders.get(resource);
    if (holder === undefined) return null;
    const { title, project } = holder;
    return project === null || project === claimant.project
      ? title
      : say('jobs.holder.elsewhere', { holder: title, project });
  }

  /** @throws TwinheadError `not-allowed` where somebody has it */
  take(resource: Resource, who: Claimant): Disposable {
    const holder = this.holder(resource, who);
    if (holder !== null) {
      throw new TwinheadError('not-allowed', say('jobs.underWay', { holder }), {
        remedy: say('jobs.underWay.remedy'),
      });
    }
    return this.#grant(resource, who);
  }

  /**
   * Waits until nobody else has it.
   * @param onWait called with who has it, where that is somebody
   * @throws TwinheadError `cancelled` where the signal is aborted meanwhile
   */
  async wait(
    resource: Resource,
    who: Claimant,
    { signal, onWait }: { readonly signal: AbortSignal; readonly onWait: (holder: Said) => void },
  ): Promise<Disposable> {
    const holder = this.holder(resource, who);
    if (holder === null) return this.#grant(resource, who);
    onWait(holder);
    const claim: Claim = { who, granted: Promise.withResolvers() };
    const queue = this.#waiting.get(resource) ?? [];
    this.#waiting.set(resource, queue);
    queue.push(claim);
    this.#holders.get(resource)?.yields?.();
    try {
      return await unlessAborted(claim.granted.promise, signal);
    } catch (error) {
      const index = queue.indexOf(claim);
      if (index >= 0) queue.splice(index, 1);
      else (await claim.granted.promise)[Symbol.dispose]();
      throw error;
    }
  }

  #grant(resource: Resource, who: Claimant): Disposable {
    this.#holders.set(resource, who);
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#holders.delete(resource);
        const next = this.#waiting.get(resource)?.shift();
        next?.granted.resolve(this.#grant(resource, next.who));
      },
    };
  }
}
