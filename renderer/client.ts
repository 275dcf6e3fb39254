import type {
  Answer,
  CallName,
  Client,
  InputOf,
  OutputOf,
  ProjectClient,
  StreamMessage,
  StreamName,
} from '../electron/common/contract.ts';
import type { ErrorCode, ErrorDetails, ErrorReport } from '../electron/common/errors.ts';
import type { Said } from '../electron/common/sentences/sentence.ts';
import { readServerSentEvents } from './server-sent-events.ts';
import { StreamLanes } from './stream-lanes.ts';
import { inTurn } from './stream-slots.ts';
import { sessionHeaders, SIGNED_OUT, webSession } from './web-session.ts';

/** What a failed call throws. `disconnected`: the services could not be reached, so nothing is known of the call. */
export class CallError extends Error {
  readonly code: ErrorCode | 'disconnected';
  /** The message as data, where it is one of the services' sentences. */
  readonly said: Said;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode | 'disconnected', message: string, details: ErrorDetails = {}, said?: Said) {
    super(message);
    this.name = 'CallError';
    this.code = code;
    this.said = said ?? message;
    this.details = details;
  }

  static of({ code, message, sentence, details }: ErrorReport): CallError {
    return new CallError(code, message, details, sentence);
  }
}

/** The host answers but does not know this page: it was started again, mostly. Nothing was looked at. */
export class SignedOutError extends CallError {
  constructor({ message, sentence, details }: ErrorReport) {
    super('disconnected', message, details, sentence);
    this.name = 'SignedOutError';
  }
}

export function toCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  return new CallError('internal', error instanceof Error ? error.message : String(error));
}

function unwrap<Value>(answer: Answer<Value>): Value {
  if (answer.ok) return answer.value;
  throw CallError.of(answer.error);
}

/** What the preload script puts on the page's `window`: nothing else of Electron reaches the interface. */
export interface PreloadBridge {
  call(scope: string | null, name: string, input: unknown): Promise<Answer<unknown>>;
  subscribe(
    scope: string | null,
    name: string,
    input: unknown,
    onMessage: (message: StreamMessage<unknown>) => void,
    onEnd: (error: ErrorReport | null) => void,
  ): () => void;
  /** The system's folder dialog; null where it was cancelled. */
  readonly chooseFolder?: (title: string) => Promise<string | null>;
  /** The system's dialog for files; none where it was cancelled. */
  readonly chooseFiles?: (title: string) => Promise<string[]>;
  /** Where a file is that was dropped on the page. */
  readonly pathOf?: (file: File) => string;
}

declare global {
  interface Window {
    readonly twinhead?: PreloadBridge;
  }
}

/** Whether the services answer, and answer this page, for the status line. */
export type Connection = 'connected' | 'lost' | 'signed-out';
export type ConnectionListener = (connection: Connection) => void;

/** What carries calls, about the project of an id or none. */
interface Carrier {
  readonly call: <Name extends CallName>(
    scope: string | null,
    name: Name,
    input: InputOf<Name>,
  ) => Promise<OutputOf<Name>>;
  readonly subscribe: <Name extends StreamName>(
    scope: string | null,
    name: Name,
    input: InputOf<Name>,
    onEvent: (event: OutputOf<Name>) => void,
    onEnd?: (error: ErrorReport | null) => void,
  ) => () => void;
  /** What lets a picture be seen, for the end of its address. */
  readonly pictureKey: () => string;
}

function clientOver({ call, subscribe, pictureKey }: Carrier): Client {
  const callsOf = (scope: string | null): Pick<ProjectClient, 'call' | 'subscribe'> => ({
    call: (name, input) => call(scope, name, input),
    subscribe: (name, ...rest) => subscribe(scope, name, ...rest),
  });
  return {
    ...callsOf(null),
    of: (projectId) => ({
      ...callsOf(projectId),
      imageUrl: (imageId, size, content) =>
        `./image/${imageId}?size=${size}${content === undefined ? '' : `&v=${content}`}&project=${projectId}${pictureKey()}`,
      tileUrl: (imageId, { shrink, column, row }, content) =>
        `./image/${imageId}?tile=${shrink}_${column}_${row}&v=${content}&project=${projectId}${pictureKey()}`,
    }),
  };
}

/** The services behind Electron's preload script, in the same process tree: it never loses its connection. */
export function bridgeClient(bridge: PreloadBridge): Client {
  return clientOver({
    call: async <Name extends CallName>(scope: string | null, name: Name, input: InputOf<Name>) =>
      unwrap((await bridge.call(scope, name, input)) as Answer<OutputOf<Name>>),
    subscribe: <Name extends StreamName>(
      scope: string | null,
      name: Name,
      input: InputOf<Name>,
      onEvent: (event: OutputOf<Name>) => void,
      onEnd?: (error: ErrorReport | null) => void,
    ) =>
      bridge.subscribe(
        scope,
        name,
        input,
        (message) => onEvent(message.event as OutputOf<Name>),
        (error) => onEnd?.(error),
      ),
    pictureKey: () => '',
  });
}

const FIRST_RETRY = 300;
const LAST_RETRY = 5000;

/** Most streams of a page; all windows together: see {@link inTurn}. */
const OPEN_STREAMS = 2;

/**
 * The services behind the loopback web host, signed in by a header that no other page can send. Lost streams are taken up
 * again; calls to a host that was restarted fail as `disconnected` until its new address was opened in some window.
 */
export function webClient(onConnection: ConnectionListener): Client {
  const lanes = new StreamLanes(OPEN_STREAMS);
  // Browsers have none for an address that is not this machine's own.
  const slots: LockManager | undefined = navigator.locks;
  document.addEventListener('visibilitychange', () => lanes.pauseAll(document.hidden));

  async function call<Name extends CallName>(
    scope: string | null,
    name: Name,
    input: InputOf<Name>,
  ): Promise<OutputOf<Name>> {
    let response: Response;
    let answer: Answer<OutputOf<Name>>;
    try {
      response = await fetch(`./api/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headersOf(scope) },
        body: JSON.stringify(input),
        // Said by a page that ends, too.
        keepalive: name === 'project.close',
      });
      answer = (await response.json()) as Answer<OutputOf<Name>>;
    } catch (error) {
      onConnection('lost');
      throw new CallError('disconnected', error instanceof Error ? error.message : String(error));
    }
    if (response.status === SIGNED_OUT && !answer.ok) {
      onConnection('signed-out');
      throw new SignedOutError(answer.error);
    }
    onConnection('connected');
    return unwrap(answer);
  }

  function subscribe<Name extends StreamName>(
    scope: string | null,
    name: Name,
    input: InputOf<Name>,
    onEvent: (event: OutputOf<Name>) => void,
    onEnd?: (error: ErrorReport | null) => void,
  ): () => void {
    let connection: AbortController | null = null;
    let seen = 0;
    let retry = FIRST_RETRY;

    /** One connection. Resolves with how the stream ended, or with what became of the connection where it broke off. */
    async function connect(
      signal: AbortSignal,
    ): Promise<{ readonly error: ErrorReport | null } | Exclude<Connection, 'connected'>> {
      const query = new URLSearchParams({ input: JSON.stringify(input), after: String(seen) });
      const response = await fetch(`./api/stream/${name}?${query}`, { signal, headers: headersOf(scope) });
      if (response.status === SIGNED_OUT) return 'signed-out';
      if (!response.ok || !response.body) {
        const answer = (await response.json()) as Answer<unknown>;
        return { error: answer.ok ? null : answer.error };
      }
      onConnection('connected');
      retry = FIRST_RETRY;
      for await (const { event, data } of readServerSentEvents(response.body)) {
        if (signal.aborted) return 'lost';
        if (event === 'end') return { error: JSON.parse(data) as ErrorReport | null };
        const message = JSON.parse(data) as StreamMessage<OutputOf<Name>>;
        seen = message.sequence;
        onEvent(message.event);
      }
      return 'lost';
    }

    async function follow({ signal }: AbortController): Promise<void> {
      const paused = (): boolean => signal.aborted;
      while (!paused()) {
        // Broken off or refused: said by `onConnection`, tried again below.
        const take = async (turnEnds: AbortSignal) => {
          const came = await connect(AbortSignal.any([signal, turnEnds])).catch(() => 'lost' as const);
          return came === 'lost' && turnEnds.aborted ? ('gave way' as const) : came;
        };
        const end = await inTurn(take, signal, slots).catch(() => 'lost' as const);
        if (paused()) return;
        if (end === 'gave way') continue;
        if (typeof end === 'object') {
          leave();
          onEnd?.(end.error);
          return;
        }
        onConnection(end);
        await wait(retry, signal);
        retry = Math.min(LAST_RETRY, retry * 2);
      }
    }

    const leave = lanes.add(
      {
        open: () => void follow((connection = new AbortController())),
        pause: () => connection?.abort(),
      },
      { first: name === 'jobs.events' },
    );
    return leave;
  }

  return clientOver({ call, subscribe, pictureKey: () => `&k=${webSession()?.pictures ?? ''}` });
}

/** Headers of every call: whose it is, and about what. */
function headersOf(scope: string | null): Record<string, string> {
  return { ...sessionHeaders(), ...(scope === null ? {} : { 'x-twinhead-project': scope }) };
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
