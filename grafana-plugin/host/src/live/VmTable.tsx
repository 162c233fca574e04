import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { perPacket } from '../../../src/parts/format';
import { loss, rate, share } from './columns';
import { costOf, type VmSummary } from './summary';
import { Table, type Column } from './Table';

interface Props {
  readonly vms: readonly VmSummary[];
  readonly only: string | undefined;
  readonly onOnly: (vm: string | undefined) => void;
}

const columns: ReadonlyArray<Column<VmSummary>> = [
  rate('Packets/s', 'Delivered to the VM by its taps', ({ packetsPerSecond }) => packetsPerSecond),
  loss('Share of the packets towards the VM that its taps lost', (vm) => vm.loss),
  {
    name: 'Cost/packet',
    meaning: 'Time of VM exits in the kernel and the VMM for each packet; exits where they are not timed',
    value: (vm) => costOf(vm).perPacket,
    text: (vm) => {
      const { kind, perPacket: cost } = costOf(vm);
      return cost === null ? '–' : perPacket(cost, kind);
    },
  },
  rate('Exits/packet', 'VM exits for each packet', ({ exitsPerPacket }) => exitsPerPacket),
  rate(
    'Kicks/packet',
    'Doorbells that the guest rang for each packet',
    ({ kicksPerPacket }) => kicksPerPacket,
  ),
  rate(
    'Injections/packet',
    'Interrupts given to the guest for each packet',
    ({ injectionsPerPacket }) => injectionsPerPacket,
  ),
  share('vhost', 'Share of a CPU that its vhost workers use', ({ vhost }) => vhost),
  share('CPU wait', 'Time its vCPUs were ready and waited for a CPU', ({ cpuWaits }) => cpuWaits),
];

/** Every VM over the last minute; choosing one shows it alone. */
export function VmTable({ vms, only, onOnly }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <Table
      caption="Virtual machines"
      rows={vms}
      head="VM"
      nameOf={({ vm }) => vm}
      name={({ vm }) => (
        <button
          type="button"
          className={styles.pick}
          aria-pressed={vm === only}
          onClick={() => onOnly(vm === only ? undefined : vm)}
        >
          {vm}
        </button>
      )}
      columns={columns}
    />
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  pick: css({
    padding: 0,
    color: theme.colors.text.link,
    background: 'none',
    border: 'none',
    font: 'inherit',
    cursor: 'pointer',
    '&[aria-pressed=true]': { textDecoration: 'underline', textUnderlineOffset: 4 },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: 2 },
  }),
});
