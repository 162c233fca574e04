/** The way from the emulated host into an appliance that people use: ssh, with Debian's dropbear at the other end. */
import type { Appliance } from './appliance.js';
import { quote } from './command.js';
import type { LabHost } from './host.js';

/** Where the emulated host hands on to ssh in the appliance, on its loopback. */
export const APPLIANCE_SSH_PORT = 2222;

const FOLDER = '/run/lab/ssh';
/** The connection stays, since making one is dear. */
const CONFIG = `Host appliance
  HostName 127.0.0.1
  Port ${APPLIANCE_SSH_PORT}
  User root
  IdentityFile ${FOLDER}/key
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
  ControlMaster auto
  ControlPath ${FOLDER}/control
  ControlPersist yes
`;

/** Words before a command that have it run in the appliance, once `openSsh` has been called. */
export const SSH = `ssh -F ${FOLDER}/config appliance`;

/** Lets root of the host in. The appliance's /root becomes a folder in memory: that of this machine may be closed to others. */
export async function openSsh(host: LabHost, guest: Appliance): Promise<void> {
  await host.put(`${FOLDER}/config`, CONFIG);
  const key = await host.must(
    `chmod 700 ${FOLDER} && ssh-keygen -q -t ed25519 -N '' -f ${FOLDER}/key && cat ${FOLDER}/key.pub`,
  );
  await guest.must(`set -e
    mount -t tmpfs -o mode=700 tmpfs /root
    mkdir -m 700 /root/.ssh
    echo ${quote(key.trim())} > /root/.ssh/authorized_keys
    dropbearkey -t ed25519 -f /run/lab/host-key > /run/lab/dropbear.log`);
  await guest.spawn('dropbear -F -E -s -r /run/lab/host-key');
  await host.must(`until ${SSH} true; do sleep 1; done`, { timeout: 120 });
}
