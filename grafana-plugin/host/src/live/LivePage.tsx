import { css } from '@emotion/css';
import { dateTime, type GrafanaTheme2, type PanelPlugin, type TimeRange } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { useEffect, useMemo, useState } from 'react';
import { DEFAULTS, type PanelOptions } from '../../../src/options';
import type { ThemeChoice } from '../Page';
import { PanelFrame } from '../PanelFrame';
import { framesOf } from './frames';
import { Header } from './Header';
import { Notice } from './Notice';
import { KEEP_MS, type LiveSample } from './protocol';
import { vmNames } from './rates';
import { summarize } from './summary';
import { Tiles } from './Tiles';
import { useLive } from './useLive';
import { VmTable } from './VmTable';

/** The shortest time the axis shows, so that the first samples do not race across it. */
const LEAST_MS = 60_000;

/** The page of a running exporter: its VMs, moving. */
export function LivePage({ panel, ...theme }: { readonly panel: PanelPlugin<PanelOptions> } & ThemeChoice) {
  const styles = useStyles2(getStyles);
  const { state, samples } = useLive('./live');
  const [options, setOptions] = useState(DEFAULTS);
  const [wanted, setWanted] = useState<string>();
  const vms = useMemo(() => vmNames(samples), [samples]);
  const summaries = useMemo(() => summarize(samples), [samples]);
  const only = wanted !== undefined && vms.includes(wanted) ? wanted : undefined;
  const frames = useMemo(() => framesOf(samples, only), [samples, only]);
  const range = useMemo(() => rangeOf(samples), [samples]);
  useEffect(() => {
    document.title = vms.length > 0 ? `Trapline: ${only ?? countVms(vms.length)}` : 'Trapline';
  }, [vms.length, only]);
  const shown = summaries.filter(({ vm }) => only === undefined || vm === only);
  return (
    <div className={styles.page}>
      <Header state={state} vms={vms} only={only} onOnly={setWanted} {...theme} />
      <main className={styles.main}>
        <Notice state={state} newest={samples.at(-1)} vms={vms.length} />
        {vms.length > 0 && (
          <>
            <Tiles summaries={shown} />
            <div className={styles.panel}>
              <PanelFrame
                panel={panel}
                title={
                  only === undefined && vms.length > 1
                    ? `Capture cost, ${countVms(vms.length)}`
                    : `Capture cost, ${only ?? vms[0]}`
                }
                frames={frames}
                timeRange={range}
                options={options}
                onOptions={setOptions}
              />
            </div>
            {vms.length > 1 && <VmTable summaries={summaries} only={only} onOnly={setWanted} />}
          </>
        )}
      </main>
    </div>
  );
}

const countVms = (count: number): string => (count === 1 ? '1 VM' : `${count} VMs`);

function rangeOf(samples: readonly LiveSample[]): TimeRange {
  const newest = samples.at(-1)?.t ?? Date.now();
  const oldest = Math.max(samples[0]?.t ?? newest, newest - KEEP_MS);
  const from = dateTime(Math.min(oldest, newest - LEAST_MS));
  const to = dateTime(newest);
  return { from, to, raw: { from, to } };
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ minHeight: '100dvh', display: 'flex', flexDirection: 'column' }),
  main: css({
    flex: 1,
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(2),
    width: '100%',
    maxWidth: 1600,
    margin: '0 auto',
    padding: theme.spacing(2),
    [theme.breakpoints.down('sm')]: { padding: theme.spacing(1), gap: theme.spacing(1) },
  }),
  panel: css({ flex: '1 0 480px', display: 'flex', flexDirection: 'column', minWidth: 0 }),
});
