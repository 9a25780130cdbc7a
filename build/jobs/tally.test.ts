import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closingLine, playwrightTally, total, vitestTally } from './tally.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tally-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const report = (content: object): string => {
  const path = join(folder, 'report.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
};

describe('the tally of a run', () => {
  it('counts vitest results', () => {
    const path = report({
      numPassedTests: 7,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 0,
      testResults: [{ status: 'failed', assertionResults: [{ status: 'failed' }] }],
    });
    expect(vitestTally(path)).toEqual({ passed: 7, failed: 1, skipped: 2 });
  });

  it('counts a test file that does not load as a failure', () => {
    const path = report({
      numPassedTests: 7,
      numFailedTests: 0,
      numPendingTests: 0,
      numTodoTests: 0,
      testResults: [{ status: 'failed', assertionResults: [] }],
    });
    expect(vitestTally(path).failed).toBe(1);
  });

  it('counts a flaky browser test as a failure', () => {
    const path = report({ stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 0 }, errors: [] });
    expect(playwrightTally(path)).toEqual({ passed: 3, failed: 2, skipped: 0 });
  });

  it('has nothing to count where a runner broke off before its report', () => {
    expect(vitestTally(join(folder, 'absent.json'))).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });

  it('closes with one line, and names skipped tests only when there are some', () => {
    const sum = total([
      { passed: 7, failed: 0, skipped: 0 },
      { passed: 3, failed: 1, skipped: 0 },
    ]);
    expect(closingLine(sum)).toBe('10 passed, 1 failed');
    expect(closingLine({ ...sum, skipped: 2 })).toBe('10 passed, 1 failed, 2 skipped');
  });
});
