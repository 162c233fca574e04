/** What `npm run lab` shows, scraped by a real Prometheus: real exits of a real capturing guest behind every number. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../exporter/test/exporter.js';
import { sentQueries } from '../../provisioning/dashboard-queries.js';
import { startPrometheus, type Prometheus } from '../../provisioning/e2e.js';
import { recordingRules } from '../../provisioning/rules.js';
import { startDemo } from '../demo.js';
import type { LabHost } from '../host.js';
import { silently } from '../progress.js';

describe('the emulated host, from outside', () => {
  let host: LabHost;
  let prometheus: Prometheus;
  let target: string;

  beforeAll(async () => {
    target = `127.0.0.1:${await freePort()}`;
    host = await startDemo({ kernel: '6.12', port: Number(target.split(':')[1]), step: silently });
    prometheus = await startPrometheus([target]);
  });

  afterAll(async () => {
    await prometheus?.stop();
    await host?.stop();
  });

  it('serves its page and says that it is ready', async () => {
    expect((await fetch(`http://${target}/readyz`)).status).toBe(200);
    expect(await (await fetch(`http://${target}/`)).text()).toContain('<title>Trapline');
  });

  it.each(sentQueries().map(({ panel, refId, expr }) => ({ panel, refId, expr })))(
    'answers the query $refId of: $panel',
    ({ expr }) => hasData(expr),
  );

  it.each(recordingRules.map(({ record }) => ({ record })))('records $record', ({ record }) =>
    hasData(record),
  );

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
