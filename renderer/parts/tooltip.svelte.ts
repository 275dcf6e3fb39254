import type { Attachment } from 'svelte/attachments';
import type { CommandId } from '../commands.ts';
import { commandCaps } from '../keys.ts';
import { getApp } from '../state/app.svelte.ts';

interface Tip {
  readonly text: string;
  readonly command?: CommandId | undefined;
}

const DELAY = 450;
let bubble: HTMLElement | null = null;

function hide(): void {
  bubble?.remove();
  bubble = null;
}

function show(anchor: Element, { text }: Tip, caps: readonly string[]): void {
  hide();
  bubble = document.createElement('div');
  bubble.className = 'tooltip';
  // Its words are the control's own name already: read out once, not twice.
  bubble.setAttribute('aria-hidden', 'true');
  bubble.append(text);
  for (const cap of caps) {
    const key = document.createElement('kbd');
    key.textContent = cap;
    bubble.append(key);
  }
  document.body.append(bubble);
  const at = anchor.getBoundingClientRect();
  const size = bubble.getBoundingClientRect();
  const left = Math.min(innerWidth - size.width - 8, Math.max(8, at.left + at.width / 2 - size.width / 2));
  const below = at.bottom + 6 + size.height < innerHeight - 8;
  bubble.style.left = `${left}px`;
  bubble.style.top = `${below ? at.bottom + 6 : at.top - size.height - 6}px`;
}

/** A control's name, with the keys of its command, shown on hover and on keyboard focus. */
export function tooltip(tip: () => Tip): Attachment<HTMLElement> {
  const app = getApp();
  return (element) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const caps = (): string[] => {
      const { command } = tip();
      return command === undefined ? [] : commandCaps(command, app.preferences.keymap);
    };
    const enter = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => show(element, tip(), caps()), DELAY);
    };
    const focus = (): void => {
      if (element.matches(':focus-visible')) show(element, tip(), caps());
    };
    const leave = (): void => {
      clearTimeout(timer);
      hide();
    };
    element.addEventListener('pointerenter', enter);
    element.addEventListener('pointerleave', leave);
    element.addEventListener('pointerdown', leave);
    element.addEventListener('focus', focus);
    element.addEventListener('blur', leave);
    return () => {
      leave();
      element.removeEventListener('pointerenter', enter);
      element.removeEventListener('pointerleave', leave);
      element.removeEventListener('pointerdown', leave);
      element.removeEventListener('focus', focus);
      element.removeEventListener('blur', leave);
    };
  };
}
