import { ENGLISH } from '../english.ts';
import { words } from './interface.ts';

export const en = { ...ENGLISH, name: 'English', interface: words };
