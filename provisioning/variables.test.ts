import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { panelQueries } from './dashboard-queries.js';
import { dashboards } from './dashboards/index.js';
import { type Prometheus, startPrometheus, until } from './e2e.js';
import type { Server } from './processes.js';
import { type Chosen, withVariables } from './promql.js';
import { hostWith } from './scenario.js';
import { startTarget } from './target.js';

/** Names that a regular expression would stumble over, among plain ones. */
const names = (count: number) =>
  Array.from({ length: count }, (_, index) => (index % 50 === 49 ? `a+b (${index}) |\\ {x}` : `vm-${index}`));

describe.for([0, 1, 200])('with %i VMs', (count) => {
  const vms = names(count);
  let target: Server;
  let prometheus: Prometheus;
  let instance: string;

  beforeAll(async () => {
    target = await startTarget(hostWith(vms));
    instance = new URL(target.url).host;
    prometheus = await startPrometheus([instance]);
    const last =
      count > 0
        ? 'instance_vm:trapline_packet_budget_used:ratio_rate1m'
        : 'instance_vm_stage:trapline_loss:ratio_rate1m';
    await until(
      async () => (await prometheus.query(last)).length >= count && (await prometheus.query(last)).length > 0,
    );
  }, 60_000);

  afterAll(async () => {
    await prometheus?.stop();
    await target?.stop();
  });

  async function offered(variable: string): Promise<string[]> {
    const { templating } = dashboards.get('appliance')!;
    const { query } = templating!.list!.find(({ name }) => name === variable)!;
    const [, selector, label] = /^label_values\((.*), (\w+)\)$/.exec((query as { query: string }).query)!;
    return prometheus.labelValues(withVariables(selector!, '10s'), label!);
  }

  test('the variables offer the host and each VM', async () => {
    expect(await offered('host')).toEqual([instance]);
    expect((await offered('vm')).sort()).toEqual([...vms].sort());
  });

  const sent = (chosen: Chosen) =>
    panelQueries().map((query) => ({ ...query, expr: withVariables(query.expr, '10s', chosen) }));

  test('every query is answered, with All and with each by name', async () => {
    const byName: Chosen = { host: [instance], ...(count > 0 && { vm: vms }) };
    for (const { expr } of [...sent({}), ...sent(byName)]) await prometheus.query(expr);
  });

  test('the fleet has a row for each, and draws the worst ten', async () => {
    const fleet = (panel: string, refId: string) =>
      sent({}).find((query) => query.panel === panel && query.refId === refId)!.expr;
    const rows = await prometheus.query(fleet('Which VM loses packets, and what do they cost?', 'loss'));
    expect(rows.map(({ labels }) => labels.vm).sort()).toEqual([...vms].sort());
    expect(await prometheus.query(fleet('Which VMs lose most?', 'A'))).toHaveLength(Math.min(count, 10));
  });

  test('the appliance shows the chosen VM, and beside it only its host', async () => {
    const chosen = vms.slice(-1);
    const answers = await Promise.all(
      sent({ vm: chosen })
        .filter(({ dashboard }) => dashboard === 'appliance')
        .map(({ expr }) => prometheus.query(expr)),
    );
    const shown = answers.flat().flatMap(({ labels }) => labels.vm || []);
    expect([...new Set(shown)]).toEqual(chosen);
  });
});
