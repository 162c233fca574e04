import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { LiveMachine, LiveMissing } from '../../../../exporter/src/live/protocol';
import { Section } from './Section';

const PAST = ': its packets pass this kernel by';

const WAYS: Readonly<Record<string, string>> = {
  sriov: 'reaches its VM as a virtual function of the NIC (SR-IOV)' + PAST,
  passthrough: 'is a PCI device that its VM holds whole (passthrough)' + PAST,
  'vhost-user': 'is served by another process through shared memory (vhost-user)' + PAST,
  dpdk: 'is a PCI device that a process outside of VMs holds (DPDK)' + PAST,
  vdpa: 'is a vDPA device whose queues a VM has' + PAST,
  pf_ring: 'is read through PF_RING: the kernel may not get its packets',
  netmap: 'of this machine may be taken by netmap, whose module is loaded',
  switchdev: 'is a port of the switch in a NIC: what that forwards by itself is not counted',
  'ovs-userspace': 'is the device of an Open vSwitch that forwards in a process' + PAST,
  xdp: 'has an XDP program, which may drop or redirect: not counted',
  namespace: 'is in another network namespace: this kernel does not let its counters be read',
  'namespace-queue':
    'is in another network namespace: drops of its queueing discipline and tc filters are not counted',
};

/** What the figures above do not have in them, and why: a gap must not look like a zero. */
export function Unseen({ unseen, missing, attached }: LiveMachine) {
  const styles = useStyles2(getStyles);
  const refused = missing.filter(({ verdict }) => verdict === 'fails');
  const waiting = missing.filter(({ verdict }) => verdict === 'waits');
  const programs = missing.reduce((sum, { programs }) => sum + programs.length, 0);
  const reasons = [...new Set([...refused, ...waiting].map(({ reason }) => reason))];
  return (
    <Section
      title="What cannot be seen here"
      note={`${attached} of ${attached + programs} eBPF programs are attached`}
    >
      <ul className={styles.list}>
        {unseen.map(({ vm, device, reason }) => (
          <li key={`${vm} ${device} ${reason}`}>
            <strong>{nameOf(device, vm)}</strong> {WAYS[reason] ?? reason}.
          </li>
        ))}
        {reasons.map((reason) => (
          <Missing key={reason} entries={missing.filter((entry) => entry.reason === reason)} />
        ))}
        {unseen.length + missing.length === 0 && (
          <li>Nothing that is known of: every program is attached.</li>
        )}
      </ul>
    </Section>
  );
}

const nameOf = (device: string, vm: string): string => (vm ? `${device} of ${vm}` : device || 'Any NIC');

/** What collectors lack for the same reason. */
function Missing({ entries }: { readonly entries: readonly LiveMissing[] }) {
  const styles = useStyles2(getStyles);
  const [{ reason, remedy }] = entries as [LiveMissing];
  return (
    <li>
      <strong>Not attached: {reason}.</strong> {remedy} That takes all or part of:
      <ul className={styles.inner}>
        {entries.map(({ collector, sees, programs, absent }) => (
          <li key={collector}>
            <details>
              <summary>
                <strong>{collector}</strong>: {sees}
              </summary>
              {programs.join(', ')}
              {absent.length > 0 && (
                <div>Without them these would be wrong and are left out: {absent.join(', ')}</div>
              )}
            </details>
          </li>
        ))}
      </ul>
    </li>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(0.75),
    margin: 0,
    padding: theme.spacing(0, 2, 1.5, 4),
    color: theme.colors.text.secondary,
    overflowWrap: 'anywhere',
    strong: { color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightMedium },
    [theme.breakpoints.down('sm')]: { padding: theme.spacing(0, 1, 1, 3) },
  }),
  inner: css({ margin: 0, padding: 0, listStyle: 'none', summary: { cursor: 'pointer' } }),
});
