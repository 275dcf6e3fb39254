import { chooseLanguage } from '../common/sentences/languages.ts';
import { sentenceText } from '../common/sentences/index.ts';
import type { Said } from '../common/sentences/sentence.ts';
import type { Language } from '../common/sentences/languages.ts';
import { secured } from './security-headers.ts';

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The language of a browser by its `Accept-Language`: what it lists first. */
export function languageOf(header: string | null | undefined): Language {
  return chooseLanguage((header ?? '').split(',').map((entry) => entry.split(';', 1)[0]!.trim()));
}

/** A page without script or style, for what is said before the interface is there. */
export function page(
  status: number,
  language: Language,
  title: Said,
  ...paragraphs: readonly Said[]
): Response {
  const html = (said: Said): string => escapeHtml(sentenceText(said, language));
  const text = `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="color-scheme" content="dark light"><title>Twinhead: ${html(title)}</title></head>
<body><h1>${html(title)}</h1>${paragraphs.map((said) => `<p>${html(said)}</p>`).join('')}</body></html>
`;
  return htmlResponse(status, text);
}

function htmlResponse(status: number, html: string): Response {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  return secured(new Response(html, { status, headers }));
}
