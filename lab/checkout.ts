/** Where this checkout lies: on this machine, and under the same path inside the lab. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout this file belongs to. */
export const CHECKOUT = dirname(dirname(fileURLToPath(import.meta.url)));

/** The scripts that run inside. */
export const INSIDE = join(CHECKOUT, 'lab', 'inside');
