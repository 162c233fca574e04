# Another guest on the host's only processor, as far as the scheduler can tell: it computes without end. Both are put below
# one slice, as libvirt puts its guests, so that they compete with each other and not with the host's own work.
#   bash lab/inside/neighbour.sh [WEIGHT]    the appliance's own weight is 100
slice=/sys/fs/cgroup/guests
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p $slice/appliance $slice/neighbour
echo +cpu > /sys/fs/cgroup/cgroup.subtree_control
echo +cpu > $slice/cgroup.subtree_control
pidof qemu-system-x86_64 > $slice/appliance/cgroup.procs
echo $$ > $slice/neighbour/cgroup.procs
echo "${1:-300}" > $slice/neighbour/cpu.weight
echo "a neighbour computes beside the appliance: pid $$"
exec > /dev/null 2>&1 < /dev/null
while :; do :; done
