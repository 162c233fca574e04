import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { useState } from 'react';
import { readSpending, SPENDING_ROLES, type Spending, type Spendings } from '../capture/spending';
import { BarTable, type BarRow } from '../parts/BarTable';
import { nanoseconds, portion } from '../parts/format';
import { Bar } from '../parts/Lane';
import { Legend } from '../parts/Legend';
import { laneColor, payerColor } from '../parts/palette';
import { Statement } from '../parts/Statement';
import { budgetTable, describeSpending, domainOf, payerLabel, ticksTo } from './budgetModel';
import { budgetAt, describeLine, packetsAt, type LineRate } from './lineRate';
import { LineRates } from './LineRates';
import { LOW, NARROW } from './room';
import { defineView, type ViewProps } from './view';

/** The nanoseconds of one packet: who spends them, against how many there are now and at line rate. */
function Budget({ capture, width, height, timeZone, options, onOptions, toolbar }: ViewProps<Spendings>) {
  const styles = useStyles2(getStyles);
  const [vm, setVm] = useState<string>();
  const narrow = width < NARROW;
  const line = options.budget;
  const one = capture.vms.find((other) => other.vm === vm) ?? capture.vms[0]!;
  const domain = domainOf(capture, line);
  const atLine = budgetAt(packetsAt(line), one.cores);
  const low = height < LOW;
  const key = <Key one={one} payers={capture.payers} />;
  return (
    <>
      <Statement {...describeSpending(one, capture, line, timeZone)} toolbar={toolbar} />
      <div className={styles.scroll}>
        <BarTable
          caption="Cost of one packet and the budget for it"
          labelTitle={capture.vms.length > 1 ? 'VM' : ''}
          titles={narrow ? ['Cost', 'Used'] : ['Cost', 'Budget', 'Used', 'At peak']}
          rows={capture.vms.map((each) =>
            rowOf(each, narrow, <Lane one={each} line={line} domain={domain} />),
          )}
          ticks={ticksTo(domain).map((ns) => ({ at: ns / domain, text: nanoseconds(ns) }))}
          marks={
            atLine < domain
              ? [{ at: atLine / domain, text: `${nanoseconds(atLine)} at ${describeLine(line)}` }]
              : []
          }
          thickness={capture.vms.length > 1 ? 18 : Math.min(72, Math.max(36, height / 10))}
          narrow={narrow}
          chosen={one.vm}
          onChoose={setVm}
        />
        <LineRates
          one={one}
          line={line}
          narrow={narrow}
          onLine={(chosen) => onOptions({ budget: { ...line, ...chosen } })}
        />
        {low && key}
      </div>
      {!low && key}
    </>
  );
}

function Key({ one, payers }: { one: Spending; payers: readonly string[] }) {
  const theme = useTheme2();
  return (
    <Legend
      items={[
        ...payers.map((payer) => ({
          label: payerLabel(payer),
          color: payerColor(payer, theme),
          mark: 'square' as const,
          detail: shareOf(one, payer),
        })),
        { label: 'budget at the present rate', color: theme.colors.text.maxContrast, mark: 'line' },
      ]}
    />
  );
}

function shareOf({ shares, ns: whole }: Spending, payer: string): string {
  const share = shares.find((each) => each.payer === payer);
  return share ? `${nanoseconds(share.ns)}, ${portion(share.ns / whole)}` : '–';
}

function rowOf(one: Spending, narrow: boolean, lane: BarRow['lane']): BarRow {
  const { vm, ns, budget, used, peak } = one;
  return {
    id: vm,
    label: vm || 'One packet',
    lane,
    cells: narrow
      ? [nanoseconds(ns), portion(used)]
      : [nanoseconds(ns), nanoseconds(budget), portion(used), portion(peak.used)],
    alarms: used > 1 ? 3 : 0,
  };
}

/** A bar over its budget; what there is at line rate is a line across every lane. */
function Lane({ one, line, domain }: { one: Spending; line: LineRate; domain: number }) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const atLine = budgetAt(packetsAt(line), one.cores) / domain;
  let end = 0;
  return (
    <>
      <Bar from={0} to={Math.min(1, one.budget / domain)} color={laneColor(theme)} />
      {one.shares.map(({ payer, ns }) => (
        <Bar
          key={payer}
          from={end / domain}
          to={(end += ns) / domain}
          color={payerColor(payer, theme)}
          title={`${payerLabel(payer)}: ${shareOf(one, payer)}`}
        />
      ))}
      {one.budget < domain && (
        <div className={styles.budget} style={{ left: `${(one.budget / domain) * 100}%` }} />
      )}
      {atLine < 1 && <div className={styles.line} style={{ left: `${atLine * 100}%` }} />}
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({ flex: '1 1 0', minHeight: 0, overflow: 'auto' }),
  budget: css({
    position: 'absolute',
    top: -3,
    bottom: -3,
    width: 2,
    background: theme.colors.text.maxContrast,
  }),
  line: css({
    position: 'absolute',
    top: -4,
    bottom: -4,
    borderLeft: `1px dashed ${theme.colors.text.primary}`,
  }),
});

export const budget = defineView({
  id: 'budget',
  label: 'Budget',
  description:
    'The nanoseconds of one packet: who spends them, and how many there are, now and at line rate.',
  uses: SPENDING_ROLES,
  read: (found, { range, cores }) => readSpending(found, range, cores),
  Component: Budget,
  table: budgetTable,
});
