#!/bin/busybox sh
# First process of the emulated host: lays a writable layer over the outer machine's root and starts from there.
set -e
/bin/busybox mkdir -p /proc /sys /dev /outer /upper /new
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev

while read -r module; do insmod "/modules/$module"; done < /modules/order

mount -t 9p -o trans=virtio,version=9p2000.L,cache=loose,msize=262144,ro outer /outer
mount -t tmpfs upper /upper
mkdir /upper/data /upper/work
mount -t overlay -o lowerdir=/outer,upperdir=/upper/data,workdir=/upper/work overlay /new

modules=/new/usr/lib/modules/$(uname -r)
mkdir -p "$modules"
mount --bind "/outer$LAB_MODULES" "$modules"

umount /proc /dev
exec switch_root /new /bin/bash "$LAB_INSIDE/host-init.sh"
