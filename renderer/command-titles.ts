import { COMMANDS } from './commands.ts';
import type { CommandId } from './commands.ts';
import { translate } from './i18n/index.svelte.ts';

export function commandTitle(id: CommandId): string {
  return translate(COMMANDS[id].title);
}

/** What people also call it, where they do. */
export function commandAlias(id: CommandId): string | undefined {
  const { alias } = COMMANDS[id];
  return alias && translate(alias);
}

/** Titles of several commands, to stand in a sentence. */
export function commandTitles(ids: readonly CommandId[]): string {
  return ids.map(commandTitle).join(' · ');
}
