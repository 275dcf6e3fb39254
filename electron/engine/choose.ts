import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Sentence } from '../common/sentences/sentence.ts';
import type { EngineChoice, EngineKind, InstalledEngine, NativeEngineKind } from './types.ts';

const KINDS: readonly EngineKind[] = ['cuda12', 'cpu', 'js'];

/** All that the decision depends on. */
export interface EngineFacts {
  readonly environment: NodeJS.ProcessEnv;
  /** The value of `--engine`; it goes before the environment's `TWINHEAD_ENGINE`. */
  readonly forced?: string | undefined;
  readonly platform: NodeJS.Platform;
  readonly installed: readonly InstalledEngine[];
  /** true where an NVIDIA driver is there. */
  readonly nvidiaDriver: boolean;
}

/**
 * Decides which engine to use: the one that was asked for, else CUDA where its engine and a driver are there, else the
 * processor, else TensorFlow.js.
 * @throws TwinheadError `engine-unavailable` where the one that was asked for cannot be had, `invalid-input` where there
 * is no such kind.
 */
export function chooseEngine(facts: EngineFacts): EngineChoice {
  const asked = askedFor(facts);
  if (asked !== null) return forcedEngine(asked.kind, asked.by, facts);
  const cuda = whole('cuda12', facts);
  if (cuda !== undefined && facts.nvidiaDriver)
    return {
      kind: 'cuda12',
      folder: cuda.folder,
      why: say('engine.why.cuda'),
    };
  const cpu = whole('cpu', facts);
  if (cpu !== undefined) return { kind: 'cpu', folder: cpu.folder, why: whyProcessor(facts) };
  // The CUDA build runs on the processor by itself where no card is.
  if (cuda !== undefined)
    return {
      kind: 'cpu',
      folder: cuda.folder,
      why: say('engine.why.cudaOnProcessor'),
    };
  return { kind: 'js', folder: null, why: whyNoNative(facts) };
}

function askedFor({ environment, forced }: EngineFacts): { kind: EngineKind; by: string } | null {
  const by = forced === undefined ? 'TWINHEAD_ENGINE' : '--engine';
  const value = forced ?? environment['TWINHEAD_ENGINE'];
  if (value === undefined || value === '' || value === 'auto') return null;
  const kind = KINDS.find((known) => known === value);
  if (kind === undefined)
    throw new TwinheadError('invalid-input', say('engine.unknown', { name: value }), {
      place: by,
      remedy: say('engine.unknown.remedy', { kinds: KINDS.join(', '), by }),
    });
  return { kind, by };
}

function forcedEngine(kind: EngineKind, by: string, facts: EngineFacts): EngineChoice {
  const why = say('engine.why.asked', { by });
  if (kind === 'js') return { kind, folder: null, why, forced: true };
  const command = kind === 'cuda12' ? 'npm run setup -- --gpu' : 'npm run setup';
  const found = facts.installed.find((engine) => engine.kind === kind);
  // Where a driver is, the CUDA build would take the card.
  const instead = kind === 'cpu' && !facts.nvidiaDriver ? whole('cuda12', facts) : undefined;
  const engine = found ?? instead;
  const refuse = (said: Sentence, remedy: Sentence): TwinheadError =>
    new TwinheadError('engine-unavailable', said, { place: by, remedy, engine: kind });
  if (engine === undefined)
    throw refuse(
      say(`engine.${kind}.notSetUp`, { by }),
      canBeNative(facts.platform) ? say('engine.notSetUp.remedy', { command }) : say('engine.notSetUp.js'),
    );
  if (engine.problem !== null)
    throw refuse(
      say(`engine.${kind}.damaged`, { by, problem: engine.problem }),
      say('engine.damaged.remedy', { command }),
    );
  if (kind === 'cuda12' && !facts.nvidiaDriver)
    throw refuse(say('engine.cuda12.noDriver', { by }), say('engine.cuda12.noDriver.remedy'));
  return { kind, folder: engine.folder, why, forced: true };
}

function whole(kind: NativeEngineKind, { installed }: EngineFacts): InstalledEngine | undefined {
  return installed.find((engine) => engine.kind === kind && engine.problem === null);
}

function whyProcessor(facts: EngineFacts): Sentence {
  const cuda = facts.installed.find(({ kind }) => kind === 'cuda12');
  if (!facts.nvidiaDriver) return say('engine.why.noDriver');
  return say(cuda === undefined ? 'engine.why.noCuda' : 'engine.why.cudaDamaged');
}

function whyNoNative({ platform, installed }: EngineFacts): Sentence {
  if (!canBeNative(platform)) return say('engine.why.js.system');
  return say(installed.length > 0 ? 'engine.why.js.damaged' : 'engine.why.js.none');
}

function canBeNative(platform: NodeJS.Platform): boolean {
  return platform === 'linux' || platform === 'darwin';
}
