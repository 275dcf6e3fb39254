import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
  const observer = new MutationObserver(update);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
});

/** The theme that the page has, `dark` or `light`; an effect that reads it runs again when it changes. */
export function pageTheme(): string {
  subscribe();
  return document.documentElement.dataset['theme'] ?? '';
}
