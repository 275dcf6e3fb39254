import { describe, expect, it } from 'vitest';

interface Goal {
  value: number;
  goal: number;
  met: boolean;
}
interface Report {
  seconds: { total: number };
  goals: { seconds: Goal; accuracy: Goal; map50: Goal } | null;
}
const { makeReport, describeReport } = (await import(
  new URL('../../scripts/demo/run.mjs', import.meta.url).href
)) as { makeReport: (outcome: object) => Report; describeReport: (report: Report) => string[] };

function report({ quick = false, training = 200, accuracy = 0.95, map50 = 0.9 } = {}): Report {
  return makeReport({
    project: '/data/demo.twinhead',
    quick,
    seconds: { sample: 20, train: training, evaluate: 5, export: 5 },
    documents: {
      train: { run: { id: 'r0001', epoch: 30, seconds: training, device: 'CPU' } },
      evaluate: { images: 500, imageClass: { accuracy, macroF1: 0.94 }, boxes: { map50, map: 0.7 } },
      export: {
        out: '/data/demo.twinhead/exports/r0001',
        result: { images: 64, largestDifference: 1.2e-6, largestBoxDifference: 3e-5 },
      },
    },
  });
}

describe("the demo's report", () => {
  it('judges time, accuracy and mAP against their goals', () => {
    const good = report();
    expect(good.seconds.total).toBe(230);
    expect(good.goals).toEqual({
      seconds: { value: 230, goal: 300, met: true },
      accuracy: { value: 0.95, goal: 0.9, met: true },
      map50: { value: 0.9, goal: 0.85, met: true },
    });
    const bad = report({ training: 280, accuracy: 0.89, map50: 0.84 });
    expect(Object.values(bad.goals ?? {}).map(({ met }) => met)).toEqual([false, false, false]);
  });

  it('does not judge a quick one', () => {
    expect(report({ quick: true }).goals).toBeNull();
    expect(describeReport(report({ quick: true })).join('\n')).not.toMatch(/goal|[✓✗]/);
  });

  it('says how good the model is, what was missed, and how far the exported one differs', () => {
    const lines = describeReport(report({ map50: 0.8 })).join('\n');
    expect(lines).toContain('accuracy 95.0 %  (goal: at least 90 %)  ✓');
    expect(lines).toContain('mAP50 80.0 %  (goal: at least 85 %)  ✗');
    expect(lines).toContain('1.2e-6');
    expect(lines).toContain('/data/demo.twinhead/report.json');
  });
});
