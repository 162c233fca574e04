import { css } from '@emotion/css';
import type { GrafanaTheme2, PanelPlugin, TimeRange } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import { useEffect, useMemo, useState } from 'react';
import type { LiveHop } from '../../../../exporter/src/live/protocol';
import { DEFAULTS, type PanelOptions } from '../../../src/options';
import type { ThemeChoice } from '../Page';
import { PanelFrame } from '../PanelFrame';
import { spanOf } from '../timeRange';
import { Captures } from './Captures';
import { CpuBar } from './CpuBar';
import { Findings } from './Findings';
import { findingsOf } from './findings';
import { Footer } from './Footer';
import { framesOf } from './frames';
import { Header } from './Header';
import { KEEP_MS, type History } from './history';
import { Network } from './Network';
import { Notice } from './Notice';
import { Section } from './Section';
import { busiest, vmNames, type About } from './subjects';
import { summarizeVm } from './summary';
import { Tiles } from './Tiles';
import { Unseen } from './Unseen';
import { useLive } from './useLive';
import { VmTable } from './VmTable';

/** The shortest time the axis shows, so that the first samples do not race across it. */
const LEAST_MS = 60_000;
/** More VMs than this are not told apart in one picture. */
const MOST_IN_PANEL = 7;

/** The page of a running exporter: what it sees, moving. */
export function LivePage({ panel, ...theme }: { readonly panel: PanelPlugin<PanelOptions> } & ThemeChoice) {
  const styles = useStyles2(getStyles);
  const { state, machine, history } = useLive('./live');
  const [wanted, setWanted] = useState<string>();
  const { newest, growths } = history;
  const vms = useMemo(() => vmNames(history), [history]);
  const only = wanted !== undefined && vms.includes(wanted) ? wanted : undefined;
  const living = useMemo(
    () =>
      (newest?.vms ?? []).map(({ vm }) => summarizeVm(growths, vm)).sort((a, b) => (a.vm < b.vm ? -1 : 1)),
    [newest, growths],
  );
  const sockets = newest?.captures.filter(({ sockets }) => sockets > 0).length ?? 0;
  const about = useAbout(history, vms, only, sockets > 0, machine?.host);
  const findings = useMemo(() => findingsOf(growths, living, machine), [growths, living, machine]);
  useEffect(() => {
    document.title = machine ? `${machine.host}: Trapline` : 'Trapline';
  }, [machine]);
  const timed = newest?.vms.filter(({ seconds }) => seconds).length ?? 0;
  const blind = machine?.missing.some(({ collector }) => collector === 'vm_exit') ?? false;
  const said = {
    state,
    role: machine?.role,
    heard: newest !== undefined,
    vms: vms.length,
    timed,
    blind,
    sockets,
  };
  // Where there are no VMs, this is what the page is about.
  const own = newest && (
    <>
      <Captures newest={newest} growths={growths} />
      <Network newest={newest} growths={growths} />
    </>
  );
  return (
    <div className={styles.page}>
      <Header state={state} machine={machine} vms={vms} only={only} onOnly={setWanted} {...theme} />
      <main className={styles.main}>
        <Notice {...said} />
        {newest && machine && (
          <>
            {growths.length > 0 && <Findings findings={findings} fine={fineWords(about)} />}
            {about && <Tiles growths={growths} about={about} />}
            {vms.length === 0 && own}
            {about && (
              <LivePanel panel={panel} history={history} about={about} hops={machine.hops} all={vms.length} />
            )}
            {living.length > 0 && (
              <Section title="Virtual machines" note={noteOf(newest.left?.vms)}>
                <VmTable vms={living} only={only} onOnly={setWanted} />
              </Section>
            )}
            {vms.length > 0 && own}
            <CpuBar growths={growths} />
            <Unseen {...machine} />
          </>
        )}
      </main>
      {newest && machine && <Footer machine={machine} newest={newest} growths={growths} />}
    </div>
  );
}

/** The chosen VM, else those that carry most, else the machine itself where it captures; else nobody. */
function useAbout(
  history: History,
  vms: readonly string[],
  only: string | undefined,
  captures: boolean,
  host: string | undefined,
): About | undefined {
  return useMemo(() => {
    if (vms.length > 0) {
      return { vms: only === undefined ? busiest(history, vms, MOST_IN_PANEL) : [only] };
    }
    return captures && host !== undefined ? { machine: host } : undefined;
  }, [history, vms, only, captures, host]);
}

const fineWords = (about: About | undefined): string =>
  about
    ? 'No stage whose loss is known lost 1 % of its packets in the last minute.'
    : 'Nothing stands out in the last minute.';

const noteOf = (left: number | undefined): string =>
  left ? `last minute; ${left} more, which carried least, are in /metrics` : 'last minute';

interface LivePanelProps {
  readonly panel: PanelPlugin<PanelOptions>;
  readonly history: History;
  readonly about: About;
  readonly hops: readonly LiveHop[];
  /** VMs there are. */
  readonly all: number;
}

function LivePanel({ panel, history, about, hops, all }: LivePanelProps) {
  const styles = useStyles2(getStyles);
  const [options, setOptions] = useState(DEFAULTS);
  const [chosen, setChosen] = useState<TimeRange>();
  const growths = useMemo(
    () => (chosen ? history.growths.filter(({ t }) => isWithin(t, chosen)) : history.growths),
    [history, chosen],
  );
  const frames = useMemo(() => framesOf(growths, about, hops), [growths, about, hops]);
  const range = useMemo(() => chosen ?? rangeOf(history), [history, chosen]);
  return (
    <div className={styles.panel}>
      <PanelFrame
        panel={panel}
        title={`Capture cost, ${nameOf(about, all)}`}
        frames={frames}
        timeRange={range}
        options={options}
        onOptions={setOptions}
        onTimeRange={({ from, to }) => setChosen(spanOf(from, to))}
        actions={
          chosen && (
            <Button size="sm" variant="secondary" onClick={() => setChosen(undefined)}>
              Back to now
            </Button>
          )
        }
      />
    </div>
  );
}

function nameOf(about: About, all: number): string {
  if ('machine' in about) {
    return about.machine;
  }
  if (about.vms.length === 1) {
    return about.vms[0]!;
  }
  return about.vms.length < all ? `the ${about.vms.length} busiest of ${all} VMs` : `${all} VMs`;
}

function rangeOf({ newest, growths }: History): TimeRange {
  const now = newest?.t ?? Date.now();
  const [first] = growths;
  const oldest = Math.max(first ? first.t - first.seconds * 1000 : now, now - KEEP_MS);
  return spanOf(Math.min(oldest, now - LEAST_MS), now);
}

const isWithin = (t: number, { from, to }: TimeRange): boolean => t >= from.valueOf() && t <= to.valueOf();

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
  panel: css({ height: 'clamp(440px, 54vh, 680px)', display: 'flex', flexDirection: 'column', minWidth: 0 }),
});
