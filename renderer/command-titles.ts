import { COMMANDS } from './commands.ts';
import type { CommandId } from './commands.ts';
import { inEnglish, language, translate } from './i18n/index.svelte.ts';

export function commandTitle(id: CommandId): string {
  return translate(COMMANDS[id].title);
}

/** What people also call it: in English too, since whoever presses a key may not have an input method on. */
export function commandAliases(id: CommandId): string[] {
  const { title, alias } = COMMANDS[id];
  const aliases = alias === undefined ? [] : [alias];
  const english = language() === 'en' ? [] : [title, ...aliases];
  return [...aliases.map(translate), ...english.map(inEnglish)];
}

/** Titles of several commands, to stand in a sentence. */
export function commandTitles(ids: readonly CommandId[]): string {
  return ids.map(commandTitle).join(' · ');
}
