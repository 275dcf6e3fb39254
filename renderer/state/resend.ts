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
  'images.acceptContent': true,
  'images.change': true,
  'images.relink': true,
  'images.remove': true,
  'images.setSplit': true,
  'project.redo': true,
  'project.undo': true,
  'project.updateSettings': true,
  'splits.assign': true,
  'suggestions.clear': true,
};
/** Before each further try, in milliseconds: a host that is started anew is there again by then. */
const WAITS = [300, 700, 1500, 3000, 6000];

/** Whether the change was made is not known. */
const UNKNOWN: ReadonlySet<CallError['code']> = new Set(['disconnected', 'project-closed']);

type Call = <Name extends RequestName>(name: Name, input: InputOf<Name>) => Promise<OutputOf<Name>>;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** `call`, which sends a change whose answer was lost again under its id, and gives up after some tries. */
export function resending(call: Call, wait = pause): Call {
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
