import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../../electron/common/entities.ts';
import { finishedEvents, RunEvents } from '../../electron/services/run-events.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-events-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const epoch = (number: number): TrainingEvent => ({
  type: 'epoch',
  epoch: number,
  step: number * 10,
  trainLoss: 1,
  trainTerms: {},
  validationLoss: null,
  validationTerms: {},
  metrics: {},
  best: false,
  seconds: 1,
});

describe('the curves of a run', () => {
  it('reach a reader that joins late without a gap or a double, then live', async () => {
    const events = RunEvents.record(folder, null);
    events.push(epoch(1));
    events.push(epoch(2));
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { event, sequence } of events.read({
        after: 1,
        signal: new AbortController().signal,
      })) {
        expect(event).toMatchObject({ epoch: sequence });
        seen.push(sequence);
      }
    })();
    events.push(epoch(3));
    events.close();
    await reading;
    expect(seen).toEqual([2, 3]);
  });

  it('are cut back to the checkpoint that a resumed run starts from', () => {
    const first = RunEvents.record(folder, null);
    for (const number of [1, 2, 3]) first.push(epoch(number));
    first.push({ type: 'end', state: 'interrupted', reason: 'killed' });
    const second = RunEvents.record(folder, 20);
    second.push(epoch(3));
    expect(finishedEvents(folder, 0).map(({ event }) => 'epoch' in event && event.epoch)).toEqual([1, 2, 3]);
  });

  it('begin anew for a new run', () => {
    RunEvents.record(folder, null).push(epoch(1));
    RunEvents.record(folder, null);
    expect(finishedEvents(folder, 0)).toEqual([]);
  });

  it('leave out a last line that a crash has cut', () => {
    RunEvents.record(folder, null).push(epoch(1));
    appendFileSync(path.join(folder, 'events.jsonl'), '{"type":"epo');
    expect(finishedEvents(folder, 0)).toHaveLength(1);
  });
});
