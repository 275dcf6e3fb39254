import fc from 'fast-check';
import { thorough } from './thorough.ts';

// `npm test` tries the same values each time, so that what it says of a commit is repeated; `npm run test:long` tries others.
const seed = thorough({ part: 1, all: undefined });
fc.configureGlobal(seed === undefined ? {} : { seed });
