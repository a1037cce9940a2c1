import { readFileSync } from 'node:fs';

// Adds up vitest's JSON reports and prints the one line that says how it went. Usage: summary.ts STEP_FAILED REPORT…
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
}

const [stepFailed, ...files] = process.argv.slice(2);
let passed = 0;
let failed = stepFailed === '0' ? 0 : 1;
let skipped = 0;
for (const file of files) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    passed += report.numPassedTests;
    failed += report.numFailedTests;
    skipped += report.numPendingTests + report.numTodoTests;
    if (!report.success && report.numFailedTests === 0) failed++;
  } catch (error) {
    console.error(`${file} could not be read: ${error instanceof Error ? error.message : error}`);
    failed++;
  }
}
if (skipped > 0) console.error('a run in CI skips nothing');
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || skipped > 0 || passed === 0 ? 1 : 0;
