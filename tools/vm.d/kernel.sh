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
kernel_stock() { # KERNEL [again]
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
		# Headers and image of different versions were installed.
		[ -z "${2:-}" ] && "$tools/deps" --upgrade "$1" && kernel_stock "$1" again && return
		echo "vm: $image or $kdir is missing: apt-get install --reinstall $package" >&2
		return 1
	fi
}

# The fragments of each kernel, in the order in which they override each other.
kernel_fragments() { # KERNEL
	local name names='common wide um'

	case $1 in
	um-kasan) names='common um checks um-kasan' ;;
	debug) names='common qemu checks debug' ;;
	esac
	for name in $names; do
		echo "$tools/kernel/$name.config"
	done
}

# A kernel from linux-source-6.12, kept in the cache under its version, config and
# recipe. A directory counts when it holds .done; it stays where it was built,
# since modules are built against it.
kernel_built() { # KERNEL
	local version key dir lock
	local -a fragments recipe

	"$tools/deps" kernel || return 1
	version=$(dpkg-query -W -f '${Version}' linux-source-6.12)
	mapfile -t fragments < <(kernel_fragments "$1")
	recipe=("${fragments[@]}" "$tools/vm.d/build")
	[[ $1 != um* ]] || mapfile -t -O "${#recipe[@]}" recipe < <(find "$tools/kernel/um" -name '*.h' | sort)
	key=$(cat "${recipe[@]}" | sha256sum | cut -c 1-12)
	dir=$cache/$version-$1-$key
	exec {lock}>"$cache/$1.lock"
	if ! flock -n "$lock"; then
		[ -e "$dir/.done" ] || echo "vm: waiting for the kernel $1, which is being built" >&2
		flock "$lock"
	fi
	if [ ! -e "$dir/.done" ]; then
		kernel_source "$version" &&
			setpriv --pdeathsig TERM "$tools/vm.d/build" "$1" "$source" "$dir" "${fragments[@]}" || return 1
		kernel_forget "$1"
	fi
	touch "$dir/.done"
	exec {lock}>&-
	kdir=$dir
	release=$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$dir/include/generated/utsrelease.h")
	modules=$dir/installed/lib/modules/$release
	case $1 in
	um*) image=$dir/linux ;;
	*) image=$dir/arch/x86/boot/bzImage ;;
	esac
}

# Remove the builds of a kernel that were not used for two weeks.
kernel_forget() { # KERNEL
	find "$cache" -mindepth 2 -maxdepth 2 -regex ".*-$1-[0-9a-f]*/\.done" -mtime +14 -printf '%h\0' |
		xargs -0r rm -rf
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
