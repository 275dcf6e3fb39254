import { describe, expect, it } from 'vitest';
import { say } from '../../electron/common/sentences/sentence.ts';
import { addEvents, NO_CURVES } from '../../renderer/train/run-curves.svelte.ts';
import { besideState, bestBeforeEnd, reachedEpoch, runToOpen } from '../../renderer/train/run-progress.ts';
import { shownState } from '../../renderer/train/run-tones.ts';

describe('a run on its panel', () => {
  it('is said to train, prepare or be stopped by its state alone; what more there is stands beside', () => {
    expect(besideState(say('jobs.doing.training'))).toBe('');
    expect(besideState(say('jobs.doing.preparing'))).toBe('');
    expect(besideState(say('training.ended.byYou'))).toBe('');
    const compiling = say('training.compiling');
    expect(besideState(compiling)).toBe(compiling);
    expect(shownState({ state: 'running', stopping: false })).toBe('running');
    expect(shownState({ state: 'running', stopping: true })).toBe('stopping');
  });

  it('is in the epoch of its last step while it trains; once it has ended, it counts its whole epochs', () => {
    expect(reachedEpoch({ state: 'running', epoch: 0 }, undefined)).toBe(0);
    expect(reachedEpoch({ state: 'running', epoch: 1 }, { epoch: 2 })).toBe(2);
    expect(reachedEpoch({ state: 'done', epoch: 2 }, { epoch: 1 })).toBe(2);
    expect(reachedEpoch({ state: 'stopped', epoch: 1 }, { epoch: 2 })).toBe(1);
  });

  it('names its best epoch once it has finished with later ones, unless an early stop has named it', () => {
    const run = { state: 'done', ended: say('training.ended.finished'), epoch: 200, bestEpoch: 40 } as const;
    expect(bestBeforeEnd(run)).toBe(40);
    expect(bestBeforeEnd({ ...run, bestEpoch: 200 })).toBeNull();
    expect(bestBeforeEnd({ ...run, bestEpoch: null })).toBeNull();
    expect(bestBeforeEnd({ ...run, state: 'running' })).toBeNull();
    expect(bestBeforeEnd({ ...run, state: 'stopped' })).toBeNull();
    const early = say('training.ended.early', { count: 20, best: 40 });
    expect(bestBeforeEnd({ ...run, epoch: 60, ended: early })).toBeNull();
  });

  it('keeps what can be done about its failure, until it goes on', () => {
    const remedy = say('services.leftOut.tooMany.remedy');
    const failed = addEvents(NO_CURVES, [{ type: 'end', state: 'failed', reason: 'damaged', remedy }]);
    expect(failed.remedy).toBe(remedy);
    expect(addEvents(failed, [{ type: 'end', state: 'stopped', reason: 'by you' }]).remedy).toBeNull();
  });
});

it('opens on the run that trains, else the newest with a result, else the newest', () => {
  const dead = { id: 'dead', state: 'failed', bestEpoch: null } as const;
  const older = { id: 'older', state: 'done', bestEpoch: 3 } as const;
  const oldest = { id: 'oldest', state: 'preparing', bestEpoch: null } as const;
  expect(runToOpen([dead, older])).toBe(older);
  expect(runToOpen([dead, older, oldest])).toBe(oldest);
  expect(runToOpen([dead])).toBe(dead);
  expect(runToOpen([dead].slice(1))).toBeUndefined();
});
