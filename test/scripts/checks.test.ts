import { describe, expect, it } from 'vitest';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  failures?: string[];
}
const { vitestCounts, playwrightCounts, sum, summary } = (await import(
  new URL('../../scripts/checks.mjs', import.meta.url).href
)) as {
  vitestCounts: (report: unknown, status: number, errors?: readonly string[]) => Counts;
  playwrightCounts: (report: unknown, status: number) => Counts;
  sum: (counts: Counts[]) => Counts;
  summary: (counts: Counts) => string;
};

const vitestReport = (failed: number, files: unknown[] = []) => ({
  numPassedTests: 3,
  numFailedTests: failed,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: files,
});

describe('counting tests', () => {
  it('counts what vitest reports', () => {
    expect(vitestCounts(vitestReport(2), 1)).toMatchObject({ passed: 3, failed: 2, skipped: 2 });
  });

  it('names what failed, and what was said of it', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'boxes stay', failureMessages: [] },
      { status: 'failed', fullName: 'boxes go', failureMessages: ['expected 1 to be 2'] },
    ];
    const { failures } = vitestCounts(vitestReport(1, [{ status: 'failed', assertionResults }]), 1);
    expect(failures).toEqual([': boxes go\nexpected 1 to be 2']);
    const specs = [
      { ok: true, tests: [] },
      {
        ok: false,
        file: 'label.spec.ts',
        line: 7,
        title: 'a box is drawn',
        tests: [{ results: [{ error: { message: 'it was not' } }] }],
      },
    ];
    const report = { stats: { unexpected: 1 }, errors: [], suites: [{ suites: [{ specs }] }] };
    expect(playwrightCounts(report, 1).failures).toEqual(['label.spec.ts:7: a box is drawn\nit was not']);
    expect(sum([{ passed: 0, failed: 1, skipped: 0, failures: ['one'] }]).failures).toEqual(['one']);
  });

  it('counts a file that could not be loaded as one failure', () => {
    expect(vitestCounts(vitestReport(0, [{ status: 'failed', assertionResults: [] }]), 1).failed).toBe(1);
  });

  it('says at which test a process ended, and of what', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'boxes stay' },
      { status: 'pending', fullName: 'boxes go' },
      { status: 'pending', fullName: 'boxes come' },
    ];
    const report = vitestReport(0, [{ status: 'failed', message: '', assertionResults }]);
    expect(vitestCounts(report, 1, ['Worker exited: SIGSEGV'])).toMatchObject({
      failed: 1,
      failures: ['\nended before or in: boxes go', 'outside tests\nWorker exited: SIGSEGV'],
    });
  });

  it('never takes a run that ended badly for a good one', () => {
    expect(vitestCounts(vitestReport(0), 1).failed).toBe(1);
    expect(vitestCounts(null, 0).failed).toBe(1);
    const report = { stats: { expected: 2, flaky: 1, unexpected: 0, skipped: 1 }, errors: [] };
    expect(playwrightCounts(report, 0)).toMatchObject({ passed: 3, failed: 0, skipped: 1 });
    expect(playwrightCounts(report, 1).failed).toBe(1);
    expect(playwrightCounts(null, 0).failed).toBe(1);
  });

  it('sums up in the words that other programs read', () => {
    const counts = [
      { passed: 1, failed: 0, skipped: 2 },
      { passed: 3, failed: 1, skipped: 0 },
    ];
    expect(summary(sum(counts))).toBe('4 passed, 1 failed, 2 skipped');
  });
});
