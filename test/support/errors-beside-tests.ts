import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Writes what the JSON report leaves out: errors outside tests, such as the end of a process that ran them. */
export default class ErrorsBesideTests implements Reporter {
  onTestRunEnd(_modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const file = process.env['TWINHEAD_TEST_ERRORS'];
    if (file !== undefined) writeFileSync(file, JSON.stringify(errors.map(wordsOf)));
  }
}

/** A process that died says in its cause by which signal. */
function wordsOf({ message, stack, cause }: SerializedError): string {
  const words = stack?.includes(message) === true ? stack : `${message}\n${stack ?? ''}`;
  return isError(cause) ? `${words}\ncaused by ${wordsOf(cause)}` : words;
}

function isError(value: unknown): value is SerializedError {
  return typeof value === 'object' && value !== null && 'message' in value;
}
