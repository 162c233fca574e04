import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import type { Growth } from './history';
import { lastMinute } from './minute';
import { share as shareText } from './numbers';
import { Section } from './Section';

interface Activity {
  readonly name: string;
  readonly meaning: string;
  /** On dark and on light ground; they stay apart for the colour-blind in this order. */
  readonly colors: readonly [dark: string, light: string];
}

/** In the order of the bar: what guests get, what packets cost, the rest. */
const ACTIVITIES: Readonly<Record<string, Activity>> = {
  guest: { name: 'Guest', meaning: 'Code of the guests', colors: ['#56B4E9', '#2A8FCB'] },
  exit_handling: {
    name: 'Exit handling',
    meaning: 'KVM: exits, emulation, injection',
    colors: ['#F0762B', '#D55E00'],
  },
  interrupt: {
    name: 'Interrupts',
    meaning: 'After interrupt handlers, and in their threads',
    colors: ['#F0E442', '#9C8F00'],
  },
  polling: {
    name: 'Polling',
    meaning: 'Receiving packets from the hardware',
    colors: ['#009E73', '#009E73'],
  },
  copy: { name: 'Copying', meaning: 'Moving memory', colors: ['#CC79A7', '#B65C8E'] },
  bridging: { name: 'Bridging', meaning: 'Bridges, taps, veth', colors: ['#3585C6', '#0072B2'] },
  capture: {
    name: 'Capture',
    meaning: 'Capture sockets and the processes that hold them',
    colors: ['#E69F00', '#C07F00'],
  },
  vmm: {
    name: 'VMM, vhost',
    meaning: 'The rest of processes that hold a VM, and vhost',
    colors: ['#A98BD0', '#8C6BB1'],
  },
  other: { name: 'Other', meaning: 'Everything else that runs', colors: ['#8E99A5', '#6F7A86'] },
  idle: { name: 'Idle', meaning: 'Nothing to do', colors: ['transparent', 'transparent'] },
};

/** Activities of the CPUs over the last minute as one bar, with the same numbers in words. */
export function CpuBar({ growths }: { readonly growths: readonly Growth[] }) {
  const styles = useStyles2(getStyles);
  const { isDark } = useTheme2();
  const minute = lastMinute(growths, ({ cpu }) => cpu);
  const all = Object.values(minute?.of ?? {}).reduce((sum, seconds) => sum + seconds, 0);
  if (!minute || all === 0) {
    return null;
  }
  const order = Object.keys(ACTIVITIES);
  const parts = Object.entries(minute.of)
    .map(([key, seconds]) => {
      const { name, meaning, colors } = ACTIVITIES[key] ?? {
        ...ACTIVITIES['other']!,
        name: key,
        meaning: key,
      };
      return { key, name, meaning, share: seconds / all, color: colors[isDark ? 0 : 1] };
    })
    .sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
  const cpus = Math.max(1, Math.round(all / minute.seconds));
  return (
    <Section
      title="What the CPUs are at"
      note={`last minute, ${cpus === 1 ? '1 CPU' : `all ${cpus} CPUs`}, by samples`}
    >
      <div className={styles.bar} aria-hidden="true">
        {parts.map(({ key, share, color }) => (
          <div key={key} className={styles.part} style={{ flexGrow: share, background: color }} />
        ))}
      </div>
      <dl className={styles.legend}>
        {parts.map(({ key, name, meaning, share, color }) => (
          <div key={key} className={styles.entry} title={meaning}>
            <dt className={styles.name}>
              <span className={styles.swatch} style={{ background: color }} />
              {name}
            </dt>
            <dd className={styles.share}>{shareText(share)}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    height: 28,
    margin: theme.spacing(0.5, 2, 1),
    background: theme.colors.background.secondary,
    borderRadius: theme.shape.radius.default,
    overflow: 'hidden',
    [theme.breakpoints.down('sm')]: { margin: theme.spacing(0.5, 1, 1) },
  }),
  part: css({ flexBasis: 0, minWidth: 0, boxShadow: `inset -1px 0 ${theme.colors.background.primary}` }),
  legend: css({
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(160px, 1fr))',
    gap: theme.spacing(0.5, 3),
    margin: 0,
    padding: theme.spacing(0, 2, 1.5),
    [theme.breakpoints.down('sm')]: { padding: theme.spacing(0, 1, 1) },
  }),
  entry: css({ display: 'flex', justifyContent: 'space-between', gap: theme.spacing(1) }),
  swatch: css({
    display: 'inline-block',
    marginRight: theme.spacing(1),
    width: 10,
    height: 10,
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: 2,
  }),
  name: css({ color: theme.colors.text.secondary, fontWeight: 'normal' }),
  share: css({ margin: 0, fontVariantNumeric: 'tabular-nums' }),
});
