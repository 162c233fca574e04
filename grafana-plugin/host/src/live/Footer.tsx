import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { LiveMachine, LiveSample } from '../../../../exporter/src/live/protocol';
import { si } from '../../../src/parts/format';
import type { Growth } from './history';
import { lastMinute } from './minute';
import { share } from './numbers';
import { per } from './summary';

interface Props {
  readonly machine: LiveMachine;
  readonly newest: LiveSample;
  readonly growths: readonly Growth[];
}

/** What is measuring, and what that costs. */
export function Footer({ machine: { version, kernel }, newest, growths }: Props) {
  const styles = useStyles2(getStyles);
  const minute = lastMinute(growths, ({ ownCpu }) => ownCpu !== null && { cpu: ownCpu });
  return (
    <footer className={styles.footer}>
      Trapline {version} on Linux {kernel}. Its server uses {share(per(minute?.of.cpu, minute?.seconds))} of a
      CPU while this page is open, and {si(newest.own.bytes, 'B')} of memory; its programs in the kernel{' '}
      {newest.own.programs === undefined
        ? 'have not been measured yet'
        : `${share(newest.own.programs)} of all CPUs`}
      .
    </footer>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  footer: css({
    padding: theme.spacing(0, 2, 2),
    textAlign: 'center',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
