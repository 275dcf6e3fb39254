/** A piece of a text: commands and names of settings are code. */
export interface TextPart {
  readonly text: string;
  readonly code: boolean;
}

/** "Run `npm run setup`." with what stands between backticks as code; one without its second stays as it is. */
export function codeParts(text: string): TextPart[] {
  return text
    .split(/(`[^`]+`)/)
    .filter((part) => part !== '')
    .map((part) => {
      const code = part.length > 2 && part.startsWith('`') && part.endsWith('`');
      return { text: code ? part.slice(1, -1) : part, code };
    });
}
