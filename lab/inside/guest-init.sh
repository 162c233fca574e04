#!/bin/busybox sh
# First process of the nested guest: captures everything its one card brings, and says so once on the console.
/bin/busybox mkdir -p /proc /sys /dev /tmp
/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev

while read -r module; do insmod "/modules/$module"; done < /modules/order
ip link set lo up
ip link set eth0 up

mkdir /etc
echo 'root:x:0:0::/:/bin/sh' > /etc/passwd
tcpdump -Z root -i eth0 -s 128 -w /dev/null &
until test "$(wc -l < /proc/net/packet)" -gt 1; do
  kill -0 $! || poweroff -f
  sleep 0.2
done
echo capturing > /dev/console
wait
poweroff -f
