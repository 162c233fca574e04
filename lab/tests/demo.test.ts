/** What `npm run lab` shows, scraped by a real Prometheus: real exits of a real capturing guest behind every number. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../exporter/test/exporter.js';
import { sentQueries } from '../../provisioning/dashboard-queries.js';
import { startPrometheus, type Prometheus } from '../../provisioning/e2e.js';
import { recordingRules } from '../../provisioning/rules/index.js';
import { startDemo, type Demo } from '../demo.js';
import { silently } from '../progress.js';

/** No experiment runs there. The host hides no packet, drops none in its softnet, has no budget for programs and does not ask for drop reasons. */
const NOTHING_TO_SHOW = [
  'Which packets cannot be seen? A',
  'Which CPUs cannot keep up? A',
  'Why does the kernel drop packets? A',
  'Do they keep to their budget? B',
];
const records = [...new Set(recordingRules.map(({ record }) => record))];

describe('the emulated host, from outside', () => {
  let demo: Demo;
  let prometheus: Prometheus;
  let target: string;

  beforeAll(async () => {
    const [port, appliancePort] = [await freePort(), await freePort()];
    target = `127.0.0.1:${port}`;
    demo = await startDemo({ kernel: '6.12', port, appliancePort, step: silently });
    await demo.applianceReady;
    const targets = [target, `127.0.0.1:${appliancePort}`];
    prometheus = await startPrometheus(targets, undefined, { interval: 5, faster: 30 });
  });

  afterAll(async () => {
    await prometheus?.stop();
    await demo?.host.stop();
  });

  it('serves its page and says that it is ready', async () => {
    expect((await fetch(`http://${target}/readyz`)).status).toBe(200);
    expect(await (await fetch(`http://${target}/`)).text()).toContain('<title>Trapline');
  });

  it.each(
    sentQueries('30s')
      .filter(({ dashboard }) => dashboard !== 'experiment')
      .filter(({ panel, refId }) => !NOTHING_TO_SHOW.includes(`${panel} ${refId}`))
      .map(({ dashboard, panel, refId, expr }) => ({ dashboard, panel, refId, expr })),
  )('answers the query $refId of $dashboard: $panel', ({ expr }) => hasData(expr));

  it.each(records.map((record) => ({ record })))('records $record', ({ record }) => hasData(record));

  /** Rates need two scrapes with traffic between them, which take their time under emulation. */
  async function hasData(expr: string): Promise<void> {
    await expect
      .poll(async () => (await prometheus.query(expr)).filter(({ value }) => !Number.isNaN(value)).length, {
        timeout: 120_000,
        interval: 1_000,
      })
      .toBeGreaterThan(0);
  }
});
