import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder for what is fetched once and kept between runs, outside any checkout. */
export function cacheFolder(): string {
  return process.env['TRAPLINE_LAB_CACHE'] ?? join(homedir(), '.cache', 'trapline-lab');
}
