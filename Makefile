# SPDX-License-Identifier: GPL-2.0-only
#
# The modules build in build/<kernel release>/, a tree of links to this one, so
# that several kernels can be built for side by side.

# The kernel to build for: the running one, else the newest installed headers.
running := /lib/modules/$(shell uname -r)/build
newest := $(lastword $(shell ls -d /usr/src/linux-headers-*-amd64 2>/dev/null | sort -V))
KDIR ?= $(if $(wildcard $(running)/Makefile),$(running),$(newest))
# A user-mode kernel says so itself.
ARCH ?= $(if $(shell grep -s '^CONFIG_UML=y' $(KDIR)/.config),um,$(shell uname -m))
RELEASE := $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null)

# FARM= names another tree, for a build that must not disturb the first.
BUILD := build/$(FARM:%=%-)$(RELEASE)
MODULE_DIRS := $(wildcard kame_ipv6 kame_ipsec kame_tunnel kame_nd)
LINKED := Kbuild include selftests $(MODULE_DIRS)

PREFIX ?= /usr/local
DESTDIR ?=

KBUILD_FLAGS = -C $(KDIR) M=$(CURDIR)/$(BUILD) ARCH=$(ARCH) \
	$(if $(V),V=$(V)) $(if $(W),W=$(W)) $(if $(C),C=$(C))

.DEFAULT_GOAL := all
.PHONY: all modules tools install uninstall check check-quick check-nightly bench demo specs \
	check-specs clean help farm chosen

all: modules tools		## build the modules and the kame command (default)

farm:
	@[ -n "$(RELEASE)" ] || { \
		echo "No kernel to build for at '$(KDIR)': install its headers, or set KDIR=" >&2; \
		exit 2; }
	@mkdir -p $(BUILD)
	@tools/farm $(BUILD) $(LINKED)

modules: farm			## build the modules for KDIR= [W=1] [C=1] [V=1]
	$(MAKE) $(KBUILD_FLAGS) modules

tools:				## build the kame command, and programs of the tests
	$(MAKE) -C tools/kame OUT=$(CURDIR)/build/tools
	$(MAKE) -C tools/iproute2 OUT=$(CURDIR)/build/tools
	$(MAKE) -C selftests OUT=$(CURDIR)/build/tools

# What is installed for another kernel than the running one must be meant so.
chosen:
	@[ "$(origin KDIR)" != file ] || [ -e $(running)/Makefile ] || { \
		echo "No headers of the running kernel: install them, or say by KDIR= what to install for" >&2; \
		exit 2; }

# The index of modules is that of the machine which the files of DESTDIR= come to.
install: chosen all		## install modules, command and man pages [DESTDIR=] [PREFIX=]
	$(MAKE) $(KBUILD_FLAGS) $(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) INSTALL_MOD_DIR=updates \
		DEPMOD=true modules_install
	rm -rf $(DESTDIR)/lib/modules/$(RELEASE)/updates/selftests
	$(if $(DESTDIR),,depmod $(RELEASE))
	$(MAKE) -C tools/kame OUT=$(CURDIR)/build/tools \
		DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) install
	$(MAKE) -C tools/iproute2 OUT=$(CURDIR)/build/tools DESTDIR=$(DESTDIR) install

uninstall:			## remove what install put there
	$(if $(RELEASE),rm -rf $(addprefix $(DESTDIR)/lib/modules/$(RELEASE)/updates/,$(MODULE_DIRS)), \
		@echo "No kernel at '$(KDIR)', whose modules could be removed" >&2)
	$(if $(DESTDIR),,-depmod $(RELEASE))
	$(MAKE) -C tools/kame OUT=$(CURDIR)/build/tools DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) uninstall
	$(MAKE) -C tools/iproute2 DESTDIR=$(DESTDIR) uninstall

check:				## run the tests: builds, KUnit, kselftests in VMs, static checks
	tools/check full

check-nightly:			## run every test on every kernel that it is for: hours
	tools/check nightly

check-quick:			## run the tests that need a user-mode kernel only
	tools/check quick

bench:				## compare speed with the stock stack [BENCH=pattern]
	tools/bench $(if $(BENCH),'$(BENCH)')

demo:				## watch kame carry real traffic in a VM [KERNEL=6.12]
	tools/demo $(or $(KERNEL),6.12)

specs:				## make the netlink headers and policies from specs/
	tools/specgen

check-specs:			## fail where specs/ and the files made from it differ
	tools/specgen --check

clean:				## remove build/
	rm -rf build

help:				## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## */\1\t/p' $(firstword $(MAKEFILE_LIST)) | \
		awk -F '\t' '{ printf "  %-14s %s\n", $$1, $$2 }'
