import { say } from '../../common/sentences/sentence.ts';
import type { Said } from '../../common/sentences/sentence.ts';

/** What can be said of several images at once. */
export interface ImageChanges {
  readonly flagged?: boolean | undefined;
  readonly verified?: boolean | undefined;
  readonly state?: 'unseen' | 'empty' | undefined;
  /** The class, or one more where images may have several. */
  readonly imageClassId?: number | undefined;
}

/** What was said of so many images; of several things at once, that they were changed. */
export function changeSummary(
  count: number,
  {
    flagged,
    verified,
    state,
    className,
  }: Omit<ImageChanges, 'imageClassId'> & { className?: string | undefined },
): Said {
  const said = [
    className === undefined ? null : say('history.setClassOfImages', { count, name: className }),
    flagged === undefined
      ? null
      : say(flagged ? 'history.flaggedImages' : 'history.unflaggedImages', { count }),
    verified === undefined
      ? null
      : say(verified ? 'history.verifiedImages' : 'history.unverifiedImages', { count }),
    // Who verifies has looked: that an image without labels is empty is part of it.
    state === undefined || verified === true
      ? null
      : say(state === 'empty' ? 'history.emptyImages' : 'history.unseenImages', { count }),
  ].filter((one) => one !== null);
  return said.length === 1 ? said[0]! : say('history.changedImages', { count });
}
