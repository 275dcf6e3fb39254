import type { StreamMessage } from '../common/contract.ts';
import type { ErrorReport } from '../common/errors.ts';

/** Names of the channels between the window's page and the services. */
export const CHANNELS = {
  call: 'twinhead:call',
  subscribe: 'twinhead:subscribe',
  chooseFolder: 'twinhead:choose-folder',
  chooseFiles: 'twinhead:choose-files',
} as const;

/** Message of a stream's port: an event, or the end with its reason. */
export type PortMessage =
  | { readonly type: 'event'; readonly message: StreamMessage<unknown> }
  | { readonly type: 'end'; readonly error: ErrorReport | null };
