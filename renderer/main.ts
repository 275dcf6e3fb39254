import { mount } from 'svelte';
import App from './App.svelte';
import { bridgeClient, webClient } from './client.ts';
import { AppState } from './state/app.svelte.ts';
import './ui/tokens.css';
import './ui/base.css';

const target = document.querySelector('#app');
if (!target) throw new Error('The page has no #app.');

let state: AppState | null = null;
const client = window.twinhead
  ? bridgeClient(window.twinhead)
  : webClient((connected) => state?.setConnected(connected));
state = new AppState(client);
mount(App, { target, props: { app: state } });
