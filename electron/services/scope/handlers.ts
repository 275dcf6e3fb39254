import type {
  CallName,
  CallScope,
  Contract,
  OutputOf,
  ParsedInputOf,
  RequestName,
  StreamMessage,
  StreamName,
} from '../../common/contract.ts';
import type { FeedReader } from '../base/feed.ts';
import type { OpenProject } from './open-project.ts';

/** What a handler is given of its call's scope (see contract.ts): a call about a project has one, open. */
type ProjectOf<Scope extends CallScope> = Scope extends 'project'
  ? OpenProject
  : Scope extends 'either'
    ? OpenProject | null
    : null;

interface InScope<Name extends CallName> {
  readonly project: ProjectOf<Contract[Name]['scope']>;
}

interface CallContext<Name extends CallName> extends InScope<Name> {
  /** Aborted when the caller has gone away. */
  readonly signal: AbortSignal;
}

type RequestHandler<Name extends RequestName> = (
  input: ParsedInputOf<Name>,
  context: CallContext<Name>,
) => Promise<OutputOf<Name>>;
type StreamHandler<Name extends StreamName> = (
  input: ParsedInputOf<Name>,
  reader: FeedReader & InScope<Name>,
) => AsyncIterable<StreamMessage<OutputOf<Name>>>;

/** One implementation for each name of the contract; a missing or misspelt one is a type error. */
export type Handlers = { readonly [Name in RequestName]: RequestHandler<Name> } & {
  readonly [Name in StreamName]: StreamHandler<Name>;
};
