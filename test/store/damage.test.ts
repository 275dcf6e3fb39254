import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { sentenceText } from '../../electron/common/sentences/index.ts';
import { damageSaid } from '../../electron/store/database/damage.ts';

/** Changes that damage a table, and what is said of it. */
const DAMAGE: Record<string, readonly [sql: string, english: RegExp, chinese: RegExp]> = {
  'a value that a check refuses': [
    "PRAGMA ignore_check_constraints = ON; INSERT INTO images VALUES (1, 'a', -5); PRAGMA ignore_check_constraints = OFF",
    /table images holds a value that is not allowed/,
    /表 images 中有一行含有不允许的值/,
  ],
  'an index without a row': [
    `CREATE TEMP TABLE kept AS SELECT * FROM sqlite_schema WHERE name = 'by_path';
     PRAGMA writable_schema = ON;
     DELETE FROM sqlite_schema WHERE name = 'by_path';
     PRAGMA writable_schema = RESET;
     INSERT INTO images VALUES (1, 'a', 5);
     PRAGMA writable_schema = ON;
     INSERT INTO sqlite_schema SELECT * FROM kept;
     PRAGMA writable_schema = RESET`,
    /index by_path does not match/,
    /索引 by_path 与其表不一致/,
  ],
};

describe('damage that SQLite finds', () => {
  it.each(Object.entries(DAMAGE))('is said in words of both languages: %s', (_, [sql, english, chinese]) => {
    const database = new Database(':memory:');
    database.unsafeMode(true);
    database.exec(`
      CREATE TABLE images (id INTEGER PRIMARY KEY, path TEXT NOT NULL, width INTEGER CHECK (width > 0)) STRICT;
      CREATE INDEX by_path ON images (path);
      ${sql};
    `);
    const words = database.pragma('integrity_check(1)', { simple: true });
    database.close();
    const said = damageSaid(String(words));
    expect(sentenceText(said, 'en')).toMatch(english);
    expect(sentenceText(said, 'zh-CN')).toMatch(chinese);
  });

  it('keeps words of SQLite that nobody has a sentence for', () => {
    const said = damageSaid('Tree 5 page 10:\n something new');
    expect(sentenceText(said, 'zh-CN')).toContain('Tree 5 page 10: something new');
  });
});
