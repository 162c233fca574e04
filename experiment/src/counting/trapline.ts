/** Trapline on a machine, as a scraper sees it. */
import type { Shell } from '../shell/shell.js';
import { Scrape } from './scrape.js';

/** Where it is asked from inside. */
const INSIDE = 'http://127.0.0.1:9818';
const PATIENCE_SECONDS = 120;

/** Asks for the metrics of one machine. */
export interface Trapline {
  /** In words, for complaints. */
  where: string;
  /** Throws where it does not answer. */
  scrape(): Promise<Scrape>;
}

/** Trapline at a base address that this machine reaches. */
export const traplineAt = (address: string): Trapline => ({
  where: address,
  async scrape() {
    const answer = await fetch(new URL('/metrics', address), {
      signal: AbortSignal.timeout(PATIENCE_SECONDS * 1000),
    });
    if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
    return new Scrape(await answer.text());
  },
});

/** Trapline of a machine, asked there. */
export const traplineOn = (shell: Shell): Trapline => ({
  where: `${INSIDE} on the ${shell.platform}`,
  async scrape() {
    const url = `${INSIDE}/metrics`;
    return new Scrape(
      await shell.must(`curl -fsS ${url} || wget -q -O - ${url}`, { timeout: PATIENCE_SECONDS }),
    );
  },
});
