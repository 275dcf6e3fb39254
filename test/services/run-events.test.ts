import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../../electron/common/entities.ts';
import { finishedEvents, RecordedEpochs, RunEvents } from '../../electron/services/runs/run-events.ts';

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

it('reads the epochs of a run again only once its file has changed', () => {
  const recorded = new RecordedEpochs();
  expect(recorded.of(folder)).toEqual([]);
  const events = RunEvents.record(folder, null);
  events.push(epoch(1));
  events.close();
  const first = recorded.of(folder);
  expect(first).toMatchObject([{ epoch: 1 }]);
  expect(recorded.of(folder)).toBe(first);
  appendFileSync(path.join(folder, 'events.jsonl'), `${JSON.stringify(epoch(2))}\n`);
  expect(recorded.of(folder)).toMatchObject([{ epoch: 1 }, { epoch: 2 }]);
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

  it('go on past a line that is damaged', () => {
    const events = RunEvents.record(folder, null);
    events.push(epoch(1));
    for (const line of ['{"type":"epoch","epoch":"many"}', 'null', '\0\0\0', '{"type":'])
      appendFileSync(path.join(folder, 'events.jsonl'), `${line}\n`);
    events.push(epoch(2));
    events.close();
    expect(finishedEvents(folder, 0).map(({ event }) => 'epoch' in event && event.epoch)).toEqual([1, 2]);
    RunEvents.record(folder, 20).close();
    expect(finishedEvents(folder, 0)).toHaveLength(2);
  });

  it('are not written through a link that somebody has planted', () => {
    const outside = path.join(folder, 'diary.txt');
    writeFileSync(outside, 'dear diary');
    mkdirSync(path.join(folder, 'run'));
    symlinkSync(outside, path.join(folder, 'run', 'events.jsonl'));
    RunEvents.record(path.join(folder, 'run'), null).push(epoch(1));
    expect(readFileSync(outside, 'utf8')).toBe('dear diary');
    expect(finishedEvents(path.join(folder, 'run'), 0)).toHaveLength(1);
  });

  it('leave out a last line that a crash has cut', () => {
    RunEvents.record(folder, null).push(epoch(1));
    appendFileSync(path.join(folder, 'events.jsonl'), '{"type":"epo');
    expect(finishedEvents(folder, 0)).toHaveLength(1);
  });
});
