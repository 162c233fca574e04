# Second stage of the emulated host: the file systems that Linux programs expect, then the agent, for ever.
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
# Not over /tmp: the lab hands files over in the outer one.
for folder in /dev/shm /run; do mount -t tmpfs -o mode=1777 tmpfs "$folder"; done
mount -t tracefs tracefs /sys/kernel/tracing
mount -t debugfs debugfs /sys/kernel/debug
mount -t bpf bpf /sys/fs/bpf

export PATH=$LAB_NODE:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root
hostname trapline-lab
ip link set lo up
modprobe virtio_console
cd "$LAB_CHECKOUT" || exit 1

until port=$(grep -lsx agent /sys/class/virtio-ports/*/name); do sleep 0.1; done
port=${port%/name}
exec bash "$LAB_INSIDE/agent.sh" "/dev/${port##*/}"
