import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds that would keep somebody out. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** By how many pixels anything in the panel, or the page itself, is wider than the room it has; nought or less is well. */
export function excessWidth(page: Page): Promise<number> {
  return page.evaluate(() => {
    const boxes = [document.documentElement, ...document.querySelectorAll('[data-view] > div')];
    return Math.max(...boxes.map((box) => box.scrollWidth - box.clientWidth));
  });
}
