import { ProblemError } from '../problem-error.ts';
import type { SqlTemplate } from './sql-driver.ts';

export function makePostgresqlTemplate(
  _schema: string,
  _connectionString?: string,
): Promise<SqlTemplate> {
  throw new ProblemError({ title: 'PostgreSQL is not there yet.' });
}
