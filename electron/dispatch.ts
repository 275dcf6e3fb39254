import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { contract } from './common/contract.ts';
import type { Answer, CallDefinition, CallName, StreamMessage } from './common/contract.ts';
import { defectReport, toErrorReport, TwinheadError } from './common/errors.ts';
import type { ErrorReport } from './common/errors.ts';
import { say } from './common/sentences/sentence.ts';
import type { Logger } from './services/base/ports.ts';
import type { Handlers } from './services/scope/handlers.ts';
import type { OpenProject } from './services/scope/open-project.ts';

/** The one door to the services, for every host: whatever comes in is unknown until it has passed here. */
export interface Dispatch {
  /**
   * Answers a query or a command; never throws.
   * @param scope id of the project that the call is about; null: none
   * @param signal aborted when the caller has gone away
   */
  call(scope: string | null, name: string, input: unknown, signal?: AbortSignal): Promise<Answer<unknown>>;
  /**
   * Opens a stream after event number `after` (0 for the start).
   *
   * @throws TwinheadError at once for an unknown stream, an input that the contract refuses or a project that is not
   * open; later failures are
   * thrown by the iteration, always as TwinheadError.
   */
  subscribe(
    scope: string | null,
    name: string,
    input: unknown,
    after: number,
    signal: AbortSignal,
  ): AsyncIterable<StreamMessage<unknown>>;
}

/** What is called: the services, and the projects that calls are about. */
export interface Services {
  readonly handlers: Handlers;
  /** @throws TwinheadError `no-project` where none is named, or it is not open */
  findProject(id: string | null): OpenProject;
}

export interface DispatchOptions {
  readonly logger: Logger;
  /** Also checks what the services answer: for tests, where a breach of the contract must not pass unseen. */
  readonly checkOutputs?: boolean;
}

/** Levels of nesting that an input may have; the deepest one of the contract has six. */
const MAX_DEPTH = 32;
/** What an input may have; hosts that are sent texts count it before they parse them. */
export const INPUT_LIMITS = {
  /** Numbers aside: ten thousand edits of one image are some 300,000. */
  values: 400_000,
  /** Lists of frames and images; no list of the contract is longer than half of it. */
  numbers: 240_000,
  /** In one object; a training configuration has some hundred. */
  names: 5_000,
} as const;
/** Issues of one input that are listed; the first says enough. */
const MAX_ISSUES = 10;
/** Elements of a list that are looked at in one go. */
const LIST_PART = 1000;

type Project = OpenProject | null;
type RequestHandler = (
  input: unknown,
  context: { project: Project; signal: AbortSignal },
) => Promise<unknown>;
type StreamHandler = (
  input: unknown,
  reader: { project: Project; after: number; signal: AbortSignal },
) => AsyncIterable<StreamMessage<unknown>>;

export function createDispatch(app: Services, options: DispatchOptions): Dispatch {
  const { logger, checkOutputs = false } = options;

  const projectOf = (scope: string | null, definition: CallDefinition): Project =>
    definition.scope === 'process' || (definition.scope === 'either' && scope === null)
      ? null
      : app.findProject(scope);

  /** What may leave the process: errors for people as they are, defects logged with their stack and only numbered. */
  const report = (error: unknown, call: string, project: Project): ErrorReport => {
    const known = toErrorReport(error);
    if (known.code !== 'internal' || error instanceof TwinheadError) return known;
    if (error instanceof Error && error.name === 'AbortError') {
      return new TwinheadError('cancelled', say('calls.cancelled')).toReport();
    }
    if (project !== null && !project.isOpen) {
      const details = { remedy: say('calls.closedMeanwhile.remedy') };
      return new TwinheadError('project-closed', say('calls.closedMeanwhile'), details).toReport();
    }
    const reference = randomUUID().slice(0, 8);
    logger.error({ err: error, call, reference }, 'a call failed unexpectedly');
    return defectReport(call, reference);
  };

  const checked = (name: CallName, value: unknown): unknown => {
    if (!checkOutputs) return value;
    const result = contract[name].output.safeParse(value);
    if (result.success) return value;
    throw new Error(`${name} answered against its contract: ${result.error.message}`);
  };

  return {
    async call(scope, name, input, signal = new AbortController().signal) {
      let project: Project = null;
      try {
        const { call, definition } = find(name);
        if (definition.kind === 'stream') {
          throw new TwinheadError('invalid-input', say('calls.stream', { call }), {
            place: 'name',
          });
        }
        const parsed = parseInput(call, definition, input);
        const handler = app.handlers[call] as RequestHandler;
        project = projectOf(scope, definition);
        return { ok: true, value: checked(call, await handler(parsed, { project, signal })) };
      } catch (error) {
        return { ok: false, error: report(error, name, project) };
      }
    },

    subscribe(scope, name, input, after, signal) {
      const { call, definition } = find(name);
      if (definition.kind !== 'stream') {
        throw new TwinheadError('invalid-input', say('calls.notStream', { call, kind: definition.kind }), {
          place: 'name',
        });
      }
      if (!Number.isSafeInteger(after) || after < 0) {
        throw new TwinheadError('invalid-input', say('calls.streamAfter'), {
          place: 'after',
          expected: 'integer',
        });
      }
      const parsed = parseInput(call, definition, input);
      const handler = app.handlers[call] as StreamHandler;
      const project = projectOf(scope, definition);
      return (async function* () {
        try {
          for await (const message of handler(parsed, { project, after, signal })) {
            checked(call, message.event);
            yield message;
          }
        } catch (error) {
          throw TwinheadError.of(report(error, call, project), { cause: error });
        }
      })();
    },
  };
}

function find(name: string): { call: CallName; definition: CallDefinition } {
  // Own names only: `constructor` and `__proto__` are on every object and in no contract.
  if (Object.hasOwn(contract, name)) {
    const call = name as CallName;
    return { call, definition: contract[call] };
  }
  throw new TwinheadError('not-found', say('calls.unknown'), { place: 'name' });
}

function parseInput(name: CallName, definition: CallDefinition, input: unknown): unknown {
  const { values, numbers } = INPUT_LIMITS;
  refuseStrangeData(input, { values, numbers, text: definition.longestText });
  const wrong = wrongInList(definition.input, input);
  const { data, error } = wrong === null ? definition.input.safeParse(input) : { error: { issues: wrong } };
  if (error === undefined) return data;
  const issues = error.issues.slice(0, MAX_ISSUES).map(describeIssue);
  const [first] = issues;
  const place = first?.place ?? '';
  const problem = first?.message ?? '';
  const said =
    place === ''
      ? say('calls.input.whole', { call: name, problem })
      : say('calls.input', { place, call: name, problem });
  throw new TwinheadError('invalid-input', said, {
    place,
    ...(first?.expected === undefined ? {} : { expected: first.expected }),
    issues,
  });
}

/**
 * Long lists are looked at in parts, to the first part with something wrong in it: a schema makes an issue of each wrong
 * element, which takes a tenth of a second where there are 100,000.
 * @returns null where nothing was found, which says nothing of the whole
 */
function wrongInList(schema: z.ZodType, input: unknown): z.core.$ZodIssue[] | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null;
  const long = Object.entries(input).filter(
    (entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[1].length > LIST_PART,
  );
  if (long.length === 0) return null;
  const short = {
    ...input,
    ...Object.fromEntries(long.map(([name, list]) => [name, list.slice(0, LIST_PART)])),
  };
  for (const [name, list] of long) {
    for (let start = 0; start < list.length; start += LIST_PART) {
      const { error } = schema.safeParse({ ...short, [name]: list.slice(start, start + LIST_PART) });
      if (error === undefined) continue;
      return error.issues.map(({ path, ...issue }) => {
        const [first, index, ...rest] = path;
        const inList = first === name && typeof index === 'number';
        return { ...issue, path: inList ? [first, start + index, ...rest] : path };
      });
    }
  }
  return null;
}

interface DescribedIssue {
  readonly place: string;
  readonly expected?: string;
  readonly message: string;
}

function describeIssue(issue: z.core.$ZodIssue): DescribedIssue {
  const expected =
    issue.code === 'invalid_type'
      ? issue.expected
      : issue.code === 'invalid_value'
        ? issue.values.join('|')
        : undefined;
  return {
    place: formatPath(issue.path),
    ...(expected === undefined ? {} : { expected }),
    message: issue.message,
  };
}

/** `operations[0].box.width` */
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`,
    )
    .join('');
}

/** What is left of the bounds of one input. */
interface Allowance {
  values: number;
  numbers: number;
  /** Characters of each text. */
  readonly text: number;
}

function tooMuch(): TwinheadError {
  return new TwinheadError('invalid-input', say('calls.tooMuch'), {
    remedy: say('calls.tooMuch.remedy'),
  });
}

function refuseHalfCharacters(text: string): void {
  if (text.isWellFormed()) return;
  throw new TwinheadError('invalid-input', say('calls.halfCharacter'), {
    remedy: say('calls.halfCharacter.remedy'),
  });
}

/**
 * Inputs are plain data of bounded depth and number, looked at before a schema reads them. JSON can carry an own
 * `__proto__`, structured clones can be cyclic; neither reaches a schema.
 */
function refuseStrangeData(value: unknown, left: Allowance, depth = 0): void {
  if (typeof value === 'number') {
    if (--left.numbers < 0) throw tooMuch();
    return;
  }
  if (--left.values < 0) throw tooMuch();
  if (typeof value === 'string') {
    if (value.length > left.text) throw new TwinheadError('invalid-input', say('calls.longText'));
    refuseHalfCharacters(value);
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_DEPTH) {
    throw new TwinheadError('invalid-input', say('calls.deep', { levels: MAX_DEPTH }));
  }
  if (Array.isArray(value)) {
    for (const item of value) refuseStrangeData(item, left, depth + 1);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || Object.hasOwn(value, '__proto__')) {
    throw new TwinheadError('invalid-input', say('calls.notPlain'));
  }
  const names = Object.keys(value);
  if (names.length > INPUT_LIMITS.names) throw tooMuch();
  for (const name of names) {
    refuseHalfCharacters(name);
    refuseStrangeData((value as Record<string, unknown>)[name], left, depth + 1);
  }
}
