import type { OutputOf, ParsedInputOf, RequestName, StreamMessage, StreamName } from '../common/contract.ts';
import type { FeedReader } from './feed.ts';

export interface CallContext {
  /** Aborted when the caller has gone away. */
  readonly signal: AbortSignal;
}

type RequestHandler<Name extends RequestName> = (
  input: ParsedInputOf<Name>,
  context: CallContext,
) => Promise<OutputOf<Name>>;
type StreamHandler<Name extends StreamName> = (
  input: ParsedInputOf<Name>,
  reader: FeedReader,
) => AsyncIterable<StreamMessage<OutputOf<Name>>>;

/** One implementation for each name of the contract; a missing or misspelt one is a type error. */
export type Handlers = { readonly [Name in RequestName]: RequestHandler<Name> } & {
  readonly [Name in StreamName]: StreamHandler<Name>;
};
