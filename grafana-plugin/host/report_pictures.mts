/** `npm run pictures:report --workspace grafana-plugin -- RUN`: the report of a run as docs/experiment.md shows it. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launch } from './testing/chromium';
import { writeReport } from '../../experiment/src/report/write';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));

/** Name of each picture and what of the page is on it. */
const PICTURES = {
  'experiment-answer': 'header',
  'experiment-loss': '#loss-ledger',
  'experiment-throughput': '#throughput-kpps',
  'experiment-time': '#time-per-packet',
  'experiment-study': '#guest-share',
} as const;

const run = process.argv[2];
if (run === undefined) throw new Error('Name the directory of a run.');
const report = pathToFileURL(await writeReport(run)).href;
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, colorScheme: 'light' });
await page.goto(report);
// A margin, so that nothing touches the edge of a picture.
await page.addStyleTag({ content: 'header, figure { padding: 1rem; } details { display: none; }' });
for (const [name, selector] of Object.entries(PICTURES))
  await page.locator(selector).screenshot({ path: `${IMAGES}${name}.png` });
await browser.close();
