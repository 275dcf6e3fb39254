import { TwinheadError } from '../common/errors.ts';
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
      why: 'An NVIDIA driver and the CUDA 12 engine are here.',
    };
  const cpu = whole('cpu', facts);
  if (cpu !== undefined) return { kind: 'cpu', folder: cpu.folder, why: whyProcessor(facts) };
  // The CUDA build runs on the processor by itself where no card is.
  if (cuda !== undefined)
    return {
      kind: 'cpu',
      folder: cuda.folder,
      why: 'No NVIDIA driver is here; the CUDA 12 engine runs on the processor.',
    };
  return { kind: 'js', folder: null, why: `${whyNoNative(facts)} TensorFlow.js trains much more slowly.` };
}

function askedFor({ environment, forced }: EngineFacts): { kind: EngineKind; by: string } | null {
  const by = forced === undefined ? 'TWINHEAD_ENGINE' : '--engine';
  const value = forced ?? environment['TWINHEAD_ENGINE'];
  if (value === undefined || value === '' || value === 'auto') return null;
  const kind = KINDS.find((known) => known === value);
  if (kind === undefined)
    throw new TwinheadError('invalid-input', `There is no engine "${value}".`, {
      place: by,
      remedy: `Choose one of ${KINDS.join(', ')}, or leave ${by} out to let Twinhead choose.`,
    });
  return { kind, by };
}

function forcedEngine(kind: EngineKind, by: string, facts: EngineFacts): EngineChoice {
  const why = `Asked for by ${by}.`;
  if (kind === 'js') return { kind, folder: null, why, forced: true };
  const name = kind === 'cuda12' ? 'CUDA 12' : 'processor';
  const setUp = kind === 'cuda12' ? 'npm run setup -- --gpu' : 'npm run setup';
  const found = facts.installed.find((engine) => engine.kind === kind);
  // Where a driver is, the CUDA build would take the card.
  const instead = kind === 'cpu' && !facts.nvidiaDriver ? whole('cuda12', facts) : undefined;
  const engine = found ?? instead;
  const refuse = (message: string, remedy: string): TwinheadError =>
    new TwinheadError('engine-unavailable', message, { place: by, remedy, engine: kind });
  if (engine === undefined)
    throw refuse(
      `The ${name} engine was asked for by ${by}, but it is not set up here.`,
      canBeNative(facts.platform) ? `Run \`${setUp}\`, or choose another engine.` : 'Choose --engine js.',
    );
  if (engine.problem !== null)
    throw refuse(
      `The ${name} engine was asked for by ${by}, but it is damaged. ${engine.problem}`,
      `Run \`${setUp}\`, which repairs it.`,
    );
  if (kind === 'cuda12' && !facts.nvidiaDriver)
    throw refuse(
      `The CUDA 12 engine was asked for by ${by}, but no NVIDIA driver is here.`,
      'Install the driver (525 or later), or choose --engine cpu.',
    );
  return { kind, folder: engine.folder, why, forced: true };
}

function whole(kind: NativeEngineKind, { installed }: EngineFacts): InstalledEngine | undefined {
  return installed.find((engine) => engine.kind === kind && engine.problem === null);
}

function whyProcessor(facts: EngineFacts): string {
  const cuda = facts.installed.find(({ kind }) => kind === 'cuda12');
  if (!facts.nvidiaDriver) return 'No NVIDIA driver is here.';
  if (cuda === undefined)
    return 'An NVIDIA driver is here, but the CUDA 12 engine is not: `npm run setup -- --gpu` gets it.';
  return `The CUDA 12 engine is damaged; \`npm run setup -- --gpu\` repairs it.`;
}

function whyNoNative({ platform, installed }: EngineFacts): string {
  if (!canBeNative(platform))
    return 'TensorFlow has no C library for this system (on Windows, WSL 2 can use the Linux one).';
  return installed.length > 0
    ? 'The native engine is damaged; `npm run setup` repairs it.'
    : 'No native engine is set up; `npm run setup` gets one.';
}

function canBeNative(platform: NodeJS.Platform): boolean {
  return platform === 'linux' || platform === 'darwin';
}
