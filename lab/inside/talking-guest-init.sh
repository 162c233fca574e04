#!/bin/busybox sh
# First process of a nested guest that does what it is told: a line of shell on its second serial line is run, and its
# output is followed by a line "== CODE".
/bin/busybox mkdir -p /proc /sys /dev /tmp
/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin:/usr/sbin:/sbin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev

while read -r module; do insmod "/modules/$module"; done < /modules/order
ip link set lo up

exec < /dev/ttyS1 > /dev/ttyS1 2>&1
stty raw -echo
echo '== ready'
while read -r line; do
  sh -c "$line"
  echo "== $?"
done
poweroff -f
