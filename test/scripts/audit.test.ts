import { expect, it } from 'vitest';
import { readReport } from '../long/audit.ts';

it('an audit is read where the registry gave one, and skipped where it answered anything else', () => {
  const report = { auditReportVersion: 2, vulnerabilities: { left: { severity: 'high', via: [] } } };
  expect(readReport(JSON.stringify(report))?.vulnerabilities).toEqual({ left: { severity: 'high' } });
  for (const other of ['', 'not found', '{"message":"405 Method Not Allowed","statusCode":405}'])
    expect(readReport(other)).toBeNull();
});
