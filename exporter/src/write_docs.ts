import { writeFileSync } from 'node:fs';
import { catalogue } from './collectors/catalogue.js';
import { renderReference } from './exposition/index.js';

/** `npm run docs`: writes docs/metrics.md from the collectors' own definitions. */
writeFileSync(new URL('../../docs/metrics.md', import.meta.url), renderReference(catalogue));
