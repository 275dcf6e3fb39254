import { mount } from 'svelte';
import App from './App.svelte';
import { bridgeClient, webClient } from './client.ts';
import { t } from './i18n/index.svelte.ts';
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
    : webClient((connected) => state?.setConnected(connected));
  state = new AppState(client);
  mount(App, { target, props: { app: state } });
} else {
  const main = document.createElement('main');
  main.textContent = `${t('signedOut')} ${t('error.disconnected.remedy')}`;
  target.append(main);
}
