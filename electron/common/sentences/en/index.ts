import { ENGLISH } from './catalogue.ts';
import { words } from './interface.ts';

export const en = { ...ENGLISH, name: 'English', interface: words };
