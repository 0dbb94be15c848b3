# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Finding, or building, the kernel of a test VM.

# Set by kernel_prepare:
kind=		# qemu or um
image=		# the kernel to start
release=	# its uname -r
kdir=		# where to build modules against
modules=	# its modules, where they are not in /lib/modules

: "${tools:?}" "${cache:?}"

kernel_prepare() { # KERNEL
	case $1 in
	um | um-kasan) kind=um; kernel_built "$1" ;;
	debug) kind=qemu; kernel_built "$1" && "$tools/deps" qemu ;;
	*) kind=qemu; kernel_stock "$1" && "$tools/deps" qemu ;;
	esac
}

# The newest kernel of Debian's that a meta package stands for.
kernel_stock() { # KERNEL
	local package=linux-headers-$1-amd64

	"$tools/deps" "$1" || return 1
	case $1 in
	6.1) package=linux-headers-cloud-amd64 ;;
	6.1-rt) package=linux-headers-rt-amd64 ;;
	6.12) package=linux-headers-6.12-cloud-amd64 ;;
	esac
	release=$(dpkg-query -W -f '${Depends}' "$package" |
		grep -o 'linux-headers-[^ ,]*' | head -n 1 | sed 's/^linux-headers-//')
	image=/boot/vmlinuz-$release
	kdir=/usr/src/linux-headers-$release
	if [ ! -f "$image" ] || [ ! -d "$kdir" ]; then
		echo "vm: $image or $kdir is missing: apt-get install --reinstall $package" >&2
		return 1
	fi
}

# A kernel from linux-source-6.12, kept in the cache under its version and config.
kernel_built() { # KERNEL
	local version key dir

	"$tools/deps" kernel || return 1
	version=$(dpkg-query -W -f '${Version}' linux-source-6.12)
	key=$(cat "$tools/kernel/"*.config "$tools/vm.d/kernel.sh" | sha256sum | cut -c 1-12)
	dir=$cache/$version-$1-$key
	mkdir -p "$cache"
	exec {lock}>"$cache/$1.lock"
	flock "$lock"
	if [ ! -e "$dir/.done" ]; then
		kernel_source "$version" && kernel_build "$1" "$dir" || return 1
	fi
	flock -u "$lock"
	exec {lock}>&-
	kdir=$dir
	release=$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$dir/include/generated/utsrelease.h")
	modules=$dir/installed/lib/modules/$release
	case $1 in
	um*) image=$dir/linux ;;
	*) image=$dir/arch/x86/boot/bzImage ;;
	esac
}

kernel_source() { # VERSION
	source=$cache/source-$1
	exec {slock}>"$cache/source.lock"
	flock "$slock"
	if [ ! -d "$source" ]; then
		echo "vm: unpacking linux-source-6.12" >&2
		rm -rf "$source.new"
		mkdir -p "$source.new" &&
			tar -C "$source.new" --strip-components=1 \
				-xf /usr/src/linux-source-6.12.tar.xz &&
			mv -T "$source.new" "$source" || return 1
	fi
	exec {slock}>&-
}

# The fragments of each kernel, in the order in which they override each other.
kernel_config() { # KERNEL DIR
	local fragments=("$tools/kernel/common.config") arch=um make

	case $1 in
	um) fragments+=("$tools/kernel/um.config") ;;
	um-kasan) fragments+=("$tools/kernel/um.config" "$tools/kernel/checks.config"
		"$tools/kernel/um-kasan.config") ;;
	debug) arch=x86_64
		fragments+=("$tools/kernel/qemu.config" "$tools/kernel/checks.config"
			"$tools/kernel/debug.config") ;;
	esac
	make=(make -s -C "$source" "ARCH=$arch" "O=$2")
	"${make[@]}" allnoconfig &&
		(cd "$source" && ARCH=$arch scripts/kconfig/merge_config.sh -m -O "$2" \
			"$2/.config" "${fragments[@]}" >"$2/merge.log") &&
		"${make[@]}" olddefconfig
}

kernel_build() { # KERNEL DIR
	local arch=um start=$SECONDS log=$2/build.log pid

	[ "$1" = debug ] && arch=x86_64
	rm -rf "$2"
	mkdir -p "$2"
	kernel_config "$1" "$2" >"$log" 2>&1 || { tail -n 20 "$log" >&2; return 1; }
	{
		make -C "$source" "ARCH=$arch" "O=$2" -j "$(nproc)" all &&
			make -C "$source" "ARCH=$arch" "O=$2" modules_install \
				"INSTALL_MOD_PATH=$2/installed" INSTALL_MOD_STRIP=1
	} >>"$log" 2>&1 </dev/null &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		sleep 1
		[ $(((SECONDS - start) % 15)) -eq 0 ] &&
			echo "vm: building kernel $1: $(grep -c '^  \(CC\|AR\|LD\)' "$log") objects," \
				"$((SECONDS - start)) s" >&2
	done
	if ! wait "$pid"; then
		grep -iE 'error|fatal' "$log" | head -n 10 >&2
		tail -n 5 "$log" >&2
		echo "vm: kernel $1 can't be built: see $log" >&2
		return 1
	fi
	# Modules are built against the rest.
	find "$2" -path "$2/scripts" -prune -o -path "$2/tools" -prune -o \
		-path "$2/installed" -prune -o -name '*.o' -type f -exec rm -f {} +
	[ "$arch" = um ] || rm -f "$2/vmlinux"
	touch "$2/.done"
	echo "vm: built kernel $1 in $((SECONDS - start)) s" >&2
}
