import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { LiveSample } from './protocol';
import type { Live } from './useLive';

interface Props {
  readonly state: Live['state'];
  readonly newest: LiveSample | undefined;
  readonly vms: number;
}

/** What a newcomer should know before reading the picture, or why there is none. */
export function Notice(props: Props) {
  const styles = useStyles2(getStyles);
  const lines = linesFor(props);
  return (
    <div className={props.vms === 0 ? styles.alone : styles.beside} aria-live="polite">
      {lines.map((line) => (
        <p key={line} className={styles.line}>
          {line}
        </p>
      ))}
    </div>
  );
}

/** The sentences, in the order in which they matter. */
export function linesFor({ state, newest, vms }: Props): string[] {
  const lines: string[] = [];
  if (state === 'connecting') {
    lines.push('Connecting to the exporter.');
  }
  if (state === 'lost') {
    lines.push(
      newest
        ? 'The connection to the exporter was lost. What was received stays here; the page reconnects by itself.'
        : 'The exporter does not answer. The page tries again by itself; “trapline doctor” tells what may be wrong.',
    );
  }
  if (state === 'live' && vms === 0) {
    lines.push(
      'No virtual machine was seen yet. Start one, for example with QEMU or libvirt; it appears here within seconds.',
      'To see how it looks without a guest of your own, run “npm run lab”.',
    );
  }
  if (newest && !newest.exitTiming && vms > 0) {
    lines.push(
      'Exit timing is not available on this machine: showing exits per packet. “trapline doctor” tells why.',
    );
  }
  return lines;
}

const getStyles = (theme: GrafanaTheme2) => ({
  beside: css({ color: theme.colors.text.secondary, '&:empty': { display: 'none' } }),
  alone: css({
    flex: 1,
    display: 'flex',
    flexDirection: 'column',
    justifyContent: 'center',
    alignItems: 'center',
    textAlign: 'center',
    gap: theme.spacing(1),
    color: theme.colors.text.secondary,
    '& > p:first-child': { color: theme.colors.text.primary, fontSize: theme.typography.h4.fontSize },
  }),
  line: css({ margin: 0, maxWidth: '70em' }),
});
