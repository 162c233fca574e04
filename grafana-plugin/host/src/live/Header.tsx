import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { LiveMachine } from '../../../../exporter/src/live/protocol';
import type { ThemeChoice } from '../Page';
import type { Live } from './useLive';

const ALL = '';

interface Props extends ThemeChoice {
  readonly state: Live['state'];
  readonly machine: LiveMachine | undefined;
  readonly vms: readonly string[];
  readonly only: string | undefined;
  readonly onOnly: (vm: string | undefined) => void;
}

const STATES: Readonly<Record<Live['state'], string>> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Reconnecting',
};

const ROLES: Readonly<Record<LiveMachine['role'], string>> = {
  host: 'host',
  guest: 'guest',
  both: 'host, and a guest itself',
  bare_metal: 'no VMs',
};

/** Name, machine, state of the connection, choice of the VM and of the theme, and the way to the raw metrics. */
export function Header({ state, machine, vms, only, onOnly, theme, onToggleTheme }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <header className={styles.bar}>
      <div className={styles.name}>
        <img src="./host/logo.svg" alt="" width={28} height={28} />
        <h1 className={styles.title}>Trapline</h1>
        {machine && (
          <span className={styles.machine}>
            {machine.host} <span className={styles.role}>({ROLES[machine.role]})</span>
          </span>
        )}
        <span className={styles.state} role="status" data-state={state}>
          {STATES[state]}
        </span>
      </div>
      <div className={styles.controls}>
        {vms.length > 1 && (
          <label className={styles.label}>
            VM
            <select
              className={styles.control}
              value={only ?? ALL}
              onChange={({ target }) => onOnly(target.value === ALL ? undefined : target.value)}
            >
              <option value={ALL}>All {vms.length}</option>
              {vms.map((vm) => (
                <option key={vm} value={vm}>
                  {vm}
                </option>
              ))}
            </select>
          </label>
        )}
        <a className={styles.control} href="./metrics">
          Metrics
        </a>
        <button
          type="button"
          className={styles.control}
          onClick={onToggleTheme}
          aria-label={theme.isDark ? 'Use the light theme' : 'Use the dark theme'}
        >
          {theme.isDark ? 'Light' : 'Dark'}
        </button>
      </div>
    </header>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    padding: theme.spacing(1, 2),
    background: theme.colors.background.primary,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    [theme.breakpoints.down('sm')]: { padding: theme.spacing(1) },
  }),
  name: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), minWidth: 0 }),
  title: css({
    margin: 0,
    fontSize: theme.typography.h4.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
  }),
  machine: css({
    marginLeft: theme.spacing(1),
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  }),
  role: css({ color: theme.colors.text.secondary, [theme.breakpoints.down('sm')]: { display: 'none' } }),
  state: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.75),
    marginLeft: theme.spacing(1),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    '&::before': {
      content: '""',
      width: 8,
      height: 8,
      borderRadius: '50%',
      background: theme.colors.warning.main,
    },
    '&[data-state=live]::before': { background: theme.colors.success.main },
  }),
  controls: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), minWidth: 0 }),
  label: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.75),
    margin: 0,
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: 'normal',
    minWidth: 0,
  }),
  control: css({
    display: 'inline-flex',
    alignItems: 'center',
    height: 32,
    minWidth: 0,
    maxWidth: 260,
    textOverflow: 'ellipsis',
    padding: theme.spacing(0, 1.25),
    color: theme.colors.text.primary,
    background: theme.colors.background.secondary,
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    font: 'inherit',
    fontSize: theme.typography.bodySmall.fontSize,
    textDecoration: 'none',
    cursor: 'pointer',
    '&:hover': { background: theme.colors.action.hover },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: 1 },
  }),
});
