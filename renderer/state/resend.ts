import type { ChangeName, InputOf, OutputOf, RequestName } from '../../electron/common/contract.ts';
import { toCallError } from '../client.ts';
import type { CallError } from '../client.ts';

/** Calls that the services do once for each id: all that the contract gives one, but for those of the edit queue. */
const CHANGES: Readonly<Record<ChangeName, true>> = {
  'annotations.restore': true,
  'classes.create': true,
  'classes.delete': true,
  'classes.reorder': true,
  'classes.update': true,
  'dataset.import': true,
  'images.acceptContent': true,
  'images.add': true,
  'images.change': true,
  'images.findMissing': true,
  'images.relink': true,
  'images.remove': true,
  'images.setSplit': true,
  'project.redo': true,
  'project.sample': true,
  'project.undo': true,
  'project.updateSettings': true,
  'snapshots.restore': true,
  'splits.assign': true,
  'splits.mend': true,
  'suggestions.clear': true,
  'suggestions.start': true,
  'testSets.add': true,
  'testSets.delete': true,
  'videos.begin': true,
};
/** Before each further try, in milliseconds: a host that is started anew is there again by then. */
const WAITS = [300, 700, 1500, 3000, 6000];

/** Whether the change was made is not known. */
const UNKNOWN: ReadonlySet<CallError['code']> = new Set(['disconnected', 'project-closed']);

type Call<Names extends RequestName> = <Name extends Names>(
  name: Name,
  input: InputOf<Name>,
) => Promise<OutputOf<Name>>;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** `call`, which sends a change whose answer was lost again under its id, and gives up after some tries. */
export function resending<Names extends RequestName = RequestName>(
  call: Call<Names>,
  wait = pause,
): Call<Names> {
  return async (name, input) => {
    if (!Object.hasOwn(CHANGES, name)) return call(name, input);
    const request = { editId: crypto.randomUUID(), ...input };
    for (const milliseconds of WAITS) {
      try {
        return await call(name, request);
      } catch (error) {
        if (!UNKNOWN.has(toCallError(error).code)) throw error;
      }
      await wait(milliseconds);
    }
    return call(name, request);
  };
}
