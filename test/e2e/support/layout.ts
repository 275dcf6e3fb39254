import type { Page } from '@playwright/test';

/** Parts that reach beyond the window's width, or scroll sideways though they are no list of their own; titles that run into each other. */
export async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const wide = [...document.querySelectorAll('header, nav, main, .page, .toolbar, footer')].filter(
      (part) => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX !== 'visible'
        || part.getBoundingClientRect().right > innerWidth + 1,
    );
    // Text that is wider than its part runs into the next one.
    const cut = [...document.querySelectorAll('dt, th, nav a, input[type=number]')].filter(
      (part) => part.clientWidth > 0 && part.scrollWidth > part.clientWidth + 1,
    );
    // What is absolute and hidden reaches out of a part that scrolls, and makes the page scroll.
    if (document.documentElement.scrollWidth > innerWidth) wide.push(document.documentElement);
    return [...wide, ...cut].map((part) => part.tagName + '.' + part.className + ' ' + part.textContent);
  })()`);
}

/** A laptop of 1366 pixels at 150 %, 1280 × 800 at 200 %, and small windows. */
export const WINDOWS = [
  [1920, 1080],
  [1280, 800],
  [1024, 768],
  [911, 600],
  [640, 400],
] as const;
