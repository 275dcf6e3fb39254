import { mount } from 'svelte';
import App from './App.svelte';
import { bridgeClient, webClient } from './client.ts';
import { chooseLanguage } from '../electron/common/sentences/languages.ts';
import { say } from '../electron/common/sentences/sentence.ts';
import { setLanguage, t, textOfAll } from './i18n/index.svelte.ts';
import { AppState } from './state/app.svelte.ts';
import { enter } from './web-session.ts';
import './ui/tokens.css';
import './ui/base.css';

const target = document.querySelector('#app');
if (!target) throw new Error('The page has no #app.');

// An address pasted into this window changes its fragment only: the page is not loaded for it.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#code=')) location.reload();
});

if (window.twinhead || (await enter())) {
  let state: AppState | null = null;
  const client = window.twinhead
    ? bridgeClient(window.twinhead)
    : webClient((connection) => state?.setConnection(connection));
  state = new AppState(client);
  mount(App, { target, props: { app: state } });
} else {
  // Whoever is not signed in has no preferences here.
  const shown = chooseLanguage(navigator.languages);
  setLanguage(shown);
  document.documentElement.lang = shown;
  const main = document.createElement('main');
  main.textContent = textOfAll([t('signedOut'), say('web.notSignedIn.remedy')]);
  target.append(main);
}
