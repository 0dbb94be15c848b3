# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Starting a test VM, and judging how it ended.

: "${tools:?}" "${cache:?}"

# What the kernel says when something is wrong, a pattern a line
splats=$tools/vm.d/splats

run=	# directory of this run; the guest sees it at the same path
vm=	# process of the VM
pids=()	# its helpers

vm_cleanup() {
	local pid n

	trap - EXIT
	trap '' INT TERM HUP
	if [ -n "$vm" ] && kill "$vm" 2>/dev/null; then
		for ((n = 0; n < 60; n++)); do
			kill -0 "$vm" 2>/dev/null || break
			sleep 0.05
		done
		# timeout is the leader of the VM's processes.
		kill -KILL -- "-$vm" "$vm" 2>/dev/null
	fi
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null
	done
	[ -z "$run" ] || rm -rf "$run"
}

# Run COMMAND, the VM, for no longer than --timeout. It runs in the background,
# so that a signal to this shell is handled at once, and ends with this shell,
# even if that is killed.
vm_supervise() { # COMMAND... <STDIN
	setpriv --pdeathsig TERM timeout -k 5 ${shell:+--foreground} "$timeout" "$@" <&0 &
	vm=$!
	wait "$vm"
	local status=$?
	vm=
	# The last lines of the console
	[ -z "$verbose" ] || sleep 0.3
	return $status
}

vm_run() { # COMMAND...
	local status stdin

	run=$(mktemp -d /var/tmp/kame-vm.XXXXXX) || exit 253
	trap vm_cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	: "${timeout:=$([ -n "$shell" ] && echo 0 || echo 600)}"
	mkdir "$run/out"
	printf '%s\0' "$@" >"$run/command"
	# The guest has the same environment, less what belongs to this shell.
	env -0 -u BASH_ENV -u SHLVL -u _ >"$run/env"
	pwd >"$run/cwd"
	echo "$tools" >"$run/tools"
	echo "${modules:-}" >"$run/modules"
	if [ -n "$out" ]; then
		mkdir -p "$out" || die 253 "can't make $out"
		out=$(realpath "$out")
	fi
	echo "$out" >"$run/outdir"
	: >"$run/console"
	[ -z "$verbose" ] || { setpriv --pdeathsig TERM tail -n +1 -f "$run/console" >&2 & pids+=($!); }

	stdin=${shell:+/dev/stdin}
	: "${stdin:=/dev/null}"
	"vm_start_$kind"
	status=$?
	vm_judge "$status"
}

# Whether the VM ended by itself, what the kernel reported, what the command said.
vm_judge() { # EXIT STATUS OF THE VM
	local result

	sed -i 's/\r//g' "$run/console"
	result=$(cat "$run/status" "$run/out/status" 2>/dev/null)
	if [ "$1" -eq 124 ] || [ "$1" -eq 137 ]; then
		# Ending it may have made it complain, as a user-mode kernel does: no verdict.
		grep -hEf "$splats" -A 40 "$run/console" | head -n 80 >&2
		tail -n 40 "$run/console" >&2
		echo "vm: the time ran out: $timeout s" >&2
		exit 254
	fi
	if [ -s "$run/out/kmemleak" ]; then
		echo "vm: memory is leaked:" >&2
		head -n 60 "$run/out/kmemleak" >&2
		exit 255
	fi
	if grep -qEf "$splats" "$run/console" "$run/out/dmesg" 2>/dev/null && [ -z "$splat" ]; then
		echo "vm: the kernel reported:" >&2
		# What a console is too slow for, or too quiet, is in dmesg.
		{
			grep -hEf "$splats" -B 2 -A 40 "$run/console" ||
				grep -hEf "$splats" -B 2 -A 40 "$run/out/dmesg"
		} | head -n 120 >&2
		exit 255
	fi
	if [ -z "$result" ]; then
		tail -n 40 "$run/console" >&2
		echo "vm: the VM ended before the command did" >&2
		exit 253
	fi
	exit "$result"
}

# Choose a processor that no other user-mode kernel has, or that the fewest have; a lock
# says so for as long as the VM runs. Such a kernel hands over to its processes and back at
# each of their system calls and page faults: on one processor that takes half the time.
vm_one_cpu() { # sets pin
	local range cpu nth lock
	local -a cpus=()

	pin=()
	for range in $(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status | tr ',' ' '); do
		mapfile -t -O ${#cpus[@]} cpus < <(seq "${range%-*}" "${range#*-}")
	done
	for nth in {1..16}; do
		for cpu in "${cpus[@]}"; do
			exec {lock}>"$cache/cpu-$cpu.$nth" || return 0
			if flock -n "$lock"; then
				pin=(taskset -c "$cpu")
				return
			fi
			exec {lock}>&-
		done
	done
}

# A user-mode kernel writes the streams of the command to our own.
vm_start_um() {
	local -a args=("mem=${mem:=1G}" rootfstype=hostfs rootflags=/ ro
		init="$tools/vm.d/guest-um" con=null con0=null,fd:3 ssl=null
		ssl0=null,fd:4 ssl1=null,fd:5 ssl2=null,fd:6 loglevel=7
		"uml_dir=$run" "kame=$run")
	local room
	local -a pin

	[ -z "$shell" ] || args+=(con0=fd:0,fd:7 kame_shell)
	# Its memory is a file. Where /dev/shm can't hold it, as in many a
	# container, the kernel would die in the middle of a test.
	room=$(df -m --output=avail /dev/shm 2>/dev/null | tail -n 1)
	[ "${room:-0}" -gt "$(($(numfmt --from=iec "$mem") >> 20))" ] || export TMPDIR=$run
	vm_one_cpu
	# shellcheck disable=SC2086 # several words
	vm_supervise "${pin[@]}" "$image" "${args[@]}" $append \
		3>>"$run/console" 4>&1 5>&2 6>"$run/status" 7>&1 \
		>>"$run/console" 2>&1 <"$stdin"
}

# Whether a kernel can run under KVM is told by trying: the device may be there
# and not work.
vm_accel() {
	local seen known

	known=$cache/accel-$(cat /proc/sys/kernel/random/boot_id)
	if [ ! -s "$known" ]; then
		mkdir -p "$cache"
		rm -f "$cache"/accel-*
		echo tcg >"$known.$$"
		if [ -w /dev/kvm ]; then
			seen=$run/trial
			# Without a root a kernel comes as far as to look for one.
			timeout -k 1 10 qemu-system-x86_64 -accel kvm -cpu max -M pc -m 512 \
				-display none -serial "file:$seen" -no-reboot -kernel "$image" \
				-append "console=ttyS0 panic=-1" >/dev/null 2>&1 </dev/null
			grep -q 'Unable to mount root' "$seen" 2>/dev/null && echo kvm >"$known.$$"
		fi
		mv "$known.$$" "$known"
	fi
	cat "$known"
}

# An initial ramdisk that mounts our root: a static busybox and some modules.
vm_initramfs() {
	local file key
	local tree module path

	key=$({ cat "$tools/vm.d/initramfs"; stat -c '%s %Y' "$image"; } | sha256sum | cut -c 1-12)
	file=$cache/initramfs-$release-$key.cpio

	if [ ! -s "$file" ]; then
		tree=$(mktemp -d "$run/initramfs.XXXX")
		mkdir -p "$tree"/{bin,modules,root,lower,upper,proc,sys,dev}
		cp "$(command -v busybox)" "$tree/bin/busybox"
		cp "$tools/vm.d/initramfs" "$tree/init"
		for module in virtio_pci virtio_console fuse virtiofs overlay; do
			modprobe -S "$release" ${modules:+-d "${modules%/lib/modules/*}"} -D "$module" 2>/dev/null
		done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' |
			while read -r path; do
				cp "$path" "$tree/modules/"
				basename "$path" >>"$tree/modules/order"
			done
		(cd "$tree" && find . | cpio -o -H newc --quiet) >"$file.$$" || return 1
		find "$cache" -maxdepth 1 -name "initramfs-$release-*.cpio" -mmin +60 -delete
		mv "$file.$$" "$file"
	fi
	echo "$file"
}

vm_virtiofsd() { # TAG DIR [OPTION...]
	local socket=$run/$1.sock n

	setpriv --pdeathsig TERM /usr/lib/qemu/virtiofsd --socket-path="$socket" -o "source=$2" -o cache=always -o sandbox=chroot \
		-o log_level=err >>"$run/virtiofsd.log" 2>&1 </dev/null &
	pids+=($!)
	for ((n = 0; n < 100; n++)); do
		[ -S "$socket" ] && return 0
		sleep 0.05
	done
	cat "$run/virtiofsd.log" >&2
	die 253 "virtiofsd does not start"
}

vm_start_qemu() {
	local accel cpu=max initrd tag
	local -a args

	accel=$(vm_accel)
	initrd=$(vm_initramfs) || die 253 "the initial ramdisk can't be made"
	mkfifo "$run/stdout" "$run/stderr"
	cat "$run/stdout" &
	pids+=($!)
	cat "$run/stderr" >&2 &
	pids+=($!)
	local readers=("${pids[@]: -2}")
	vm_virtiofsd root /
	vm_virtiofsd run "$run/out"
	[ -z "$out" ] || vm_virtiofsd out "$out"
	[ "$kernel" != debug ] || : "${mem:=2G}"
	: "${mem:=1G}"
	if [ "$accel" != kvm ]; then
		accel=tcg,thread=multi
		# The emulator translates code anew where it finds it at another address: without
		# this, a program takes three times as long to start.
		append+=" norandmaps"
	fi
	args=(-accel "$accel" -cpu "$cpu" -M pc
		-smp "$smp,sockets=$smp,cores=1,threads=1" -m "$mem" -display none -no-reboot
		-nodefaults -kernel "$image" -initrd "$initrd"
		-object "memory-backend-memfd,id=mem,size=$mem,share=on" -numa node,memdev=mem
		-device virtio-serial-pci
		-chardev "file,id=stdout,path=$run/stdout"
		-device virtserialport,chardev=stdout,name=stdout,nr=1
		-chardev "file,id=stderr,path=$run/stderr"
		-device virtserialport,chardev=stderr,name=stderr,nr=2
		-chardev "file,id=status,path=$run/status"
		-device virtserialport,chardev=status,name=status,nr=3)
	for tag in root run ${out:+out}; do
		args+=(-chardev "socket,id=fs-$tag,path=$run/$tag.sock"
			-device "vhost-user-fs-pci,chardev=fs-$tag,tag=$tag")
	done
	if [ -n "$shell" ]; then
		args+=(-chardev "stdio,id=console,signal=off,mux=on,logfile=$run/console")
	else
		args+=(-chardev "file,id=console,path=$run/console")
	fi
	args+=(-serial chardev:console
		-append "console=ttyS0 loglevel=7 panic=-1 kame=$run ${shell:+kame_shell} $append")
	vm_supervise qemu-system-x86_64 "${args[@]}" 2>>"$run/qemu.log" <"$stdin"
	local status=$?
	[ ! -s "$run/qemu.log" ] || grep -v 'warning: TCG' "$run/qemu.log" >&2
	# QEMU is gone, so both end; if it never opened them, they must be ended.
	timeout 2 tail --pid="${readers[0]}" -f /dev/null || kill "${readers[@]}" 2>/dev/null
	return $status
}
