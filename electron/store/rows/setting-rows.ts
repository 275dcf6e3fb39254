import { TwinheadError } from '../../common/errors.ts';
import { say } from '../../common/sentences/sentence.ts';
import type { Reader, Writer } from '../database/database.ts';

/** Settings by name as they are stored, in JSON; null where the default holds. */
export type SettingTexts = Readonly<Record<string, string | null>>;

function settingText(reader: Reader, key: string): string | null {
  return reader.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', key)?.value ?? null;
}

function requireSingleClasses(reader: Reader): void {
  const several = reader.get<{ images: number }>(
    'SELECT count(*) AS images FROM (SELECT 1 FROM image_classes GROUP BY image_id HAVING count(*) > 1)',
  )!;
  if (several.images === 0) return;
  throw new TwinheadError('not-allowed', say('store.severalOnImages', { count: several.images }), {
    remedy: say('store.severalOnImages.remedy'),
  });
}

/**
 * Stores settings and returns what takes that back, empty where all were so already.
 * @throws TwinheadError `not-allowed` where an image has several classes and only one shall be allowed
 */
export function putSettings(writer: Writer, settings: SettingTexts): SettingTexts {
  const before: [string, string | null][] = [];
  for (const [key, text] of Object.entries(settings)) {
    const old = settingText(writer, key);
    if (old === text) continue;
    if (key === 'multipleImageClasses' && text !== 'true') requireSingleClasses(writer);
    before.push([key, old]);
    if (text === null) writer.run('DELETE FROM settings WHERE key = ?', key);
    else {
      writer.run(
        'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
        key,
        text,
      );
    }
  }
  return Object.fromEntries(before);
}
