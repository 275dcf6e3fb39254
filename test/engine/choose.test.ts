import { describe, expect, it } from 'vitest';
import { TwinheadError } from '../../electron/common/errors.ts';
import { inEnglish } from '../../electron/common/sentences/english.ts';
import { chooseEngine } from '../../electron/engine/index.ts';
import type { EngineFacts, InstalledEngine, NativeEngineKind } from '../../electron/engine/index.ts';

function engine(kind: NativeEngineKind, problem: string | null = null): InstalledEngine {
  return { kind, folder: `/engines/${kind}`, tensorflowVersion: '2.21.0', problem, bytes: 1 };
}

function choose(facts: Partial<EngineFacts>) {
  return chooseEngine({ environment: {}, platform: 'linux', installed: [], nvidiaDriver: false, ...facts });
}

function refusal(facts: Partial<EngineFacts>): TwinheadError {
  try {
    choose(facts);
  } catch (error) {
    if (error instanceof TwinheadError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('choosing an engine', () => {
  it('takes CUDA where its engine and a driver are there', () => {
    const choice = choose({ installed: [engine('cuda12'), engine('cpu')], nvidiaDriver: true });
    expect(choice).toMatchObject({ kind: 'cuda12', folder: '/engines/cuda12' });
  });

  it('takes the processor where CUDA has no driver', () => {
    expect(choose({ installed: [engine('cuda12'), engine('cpu')] }).folder).toBe('/engines/cpu');
  });

  it('runs the CUDA engine on the processor where it is the only one', () => {
    expect(choose({ installed: [engine('cuda12')] })).toMatchObject({
      kind: 'cpu',
      folder: '/engines/cuda12',
    });
  });

  it('says how to get CUDA where a driver is there without its engine', () => {
    expect(inEnglish(choose({ installed: [engine('cpu')], nvidiaDriver: true }).why)).toContain('--gpu');
  });

  it('passes over a damaged CUDA engine and says so', () => {
    const choice = choose({ installed: [engine('cuda12', 'Cut off.'), engine('cpu')], nvidiaDriver: true });
    expect(choice.kind).toBe('cpu');
    expect(inEnglish(choice.why)).toContain('damaged');
  });

  it('falls back to TensorFlow.js, with the remedy, where nothing native is whole', () => {
    expect(choose({})).toMatchObject({ kind: 'js', folder: null });
    expect(inEnglish(choose({}).why)).toContain('npm run setup');
    expect(inEnglish(choose({ installed: [engine('cpu', 'Cut off.')] }).why)).toContain('damaged');
    expect(inEnglish(choose({ platform: 'win32' }).why)).toContain('WSL 2');
  });
});

describe('an engine that was asked for', () => {
  it('is taken, --engine before TWINHEAD_ENGINE', () => {
    const facts = { installed: [engine('cpu')], environment: { TWINHEAD_ENGINE: 'cpu' } };
    expect(choose(facts)).toMatchObject({ kind: 'cpu', forced: true });
    expect(choose({ ...facts, forced: 'js' })).toMatchObject({ kind: 'js', folder: null });
  });

  it('runs the processor on the CUDA engine only where no driver would give it the card', () => {
    const facts = { installed: [engine('cuda12')], forced: 'cpu' };
    expect(choose(facts)).toMatchObject({ kind: 'cpu', folder: '/engines/cuda12', forced: true });
    expect(refusal({ ...facts, nvidiaDriver: true }).message).toContain('not installed');
  });

  it('is nobody in particular when the variable is empty or says auto', () => {
    for (const TWINHEAD_ENGINE of ['', 'auto'])
      expect(choose({ installed: [engine('cpu')], environment: { TWINHEAD_ENGINE } }).forced).toBeUndefined();
  });

  it('is refused where it is not set up, damaged, or without a driver', () => {
    const cases: Partial<EngineFacts>[] = [
      { forced: 'cpu' },
      { forced: 'cpu', installed: [engine('cpu', 'Cut off.')] },
      { forced: 'cuda12', installed: [engine('cpu')], nvidiaDriver: true },
      { forced: 'cuda12', installed: [engine('cuda12')], nvidiaDriver: false },
    ];
    for (const facts of cases) {
      const error = refusal(facts);
      expect(error.code).toBe('engine-unavailable');
      expect(error.details.remedy).toBeTruthy();
    }
  });

  it('is refused as wrong input where there is no such kind', () => {
    const error = refusal({ environment: { TWINHEAD_ENGINE: 'gpu' } });
    expect(error.code).toBe('invalid-input');
    expect(inEnglish(error.details.remedy ?? '')).toContain('cuda12, cpu, js');
  });
});
