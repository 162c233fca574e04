import type { Page } from 'playwright-core';

declare global {
  interface Window {
    /** What canvases were told to draw: the font and the text of each call. */
    drawnLetters?: Map<string, { font: string; text: string }>;
  }
}

/** Remembers from now on what the page draws on canvases. Must come before the page's own scripts. */
export async function watchCanvases(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const drawn: Window['drawnLetters'] = (window.drawnLetters = new Map());
    const { prototype } = CanvasRenderingContext2D;
    for (const method of ['fillText', 'strokeText'] as const) {
      const draw = prototype[method];
      prototype[method] = function (text, ...place) {
        drawn.set(`${this.font} ${text}`, { font: this.font, text });
        draw.call(this, text, ...place);
      };
    }
  });
}

/**
 * Texts on the page and on its canvases with letters that none of the page's own fonts has: what they look like depends
 * on the fonts of the machine.
 */
export async function foreignLetters(page: Page): Promise<string[]> {
  await page.evaluate(layOutDrawn);
  const session = await page.context().newCDPSession(page);
  await session.send('DOM.enable');
  await session.send('CSS.enable');
  const { nodes } = await session.send('DOM.getFlattenedDocument', { depth: -1, pierce: true });
  const foreign = new Set<string>();
  for (const { nodeType, nodeValue, parentId } of nodes) {
    if (nodeType !== TEXT || parentId === undefined || nodeValue.trim() === '') continue;
    const { fonts } = await session.send('CSS.getPlatformFontsForNode', { nodeId: parentId });
    for (const { familyName, isCustomFont } of fonts)
      if (!isCustomFont) foreign.add(`${nodeValue} (${familyName})`);
  }
  await session.detach();
  await page.evaluate(() => document.getElementById('drawn-letters')?.remove());
  return [...foreign];
}

/** Node.TEXT_NODE */
const TEXT = 3;

/** Browsers tell of the fonts of elements only. */
async function layOutDrawn(): Promise<void> {
  const place = document.createElement('div');
  place.id = 'drawn-letters';
  for (const { font, text } of window.drawnLetters?.values() ?? []) {
    const line = document.createElement('p');
    line.style.font = font;
    line.textContent = text;
    place.append(line);
  }
  document.body.append(place);
  await document.fonts.ready;
}
