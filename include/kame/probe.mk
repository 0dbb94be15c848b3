# SPDX-License-Identifier: GPL-2.0-only
# What the kernel's headers have, for include/kame/compat.h: sparse does not know
# __has_include(), and a version says little about a stable kernel.
kame-have = $(if $(wildcard $(srctree)/include/$(2)),-DKAME_HAVE_$(1))

ccflags-y += $(call kame-have,LINUX_UNALIGNED_H,linux/unaligned.h)
ccflags-y += $(call kame-have,NET_GSO_H,net/gso.h)

# Whether a header has a line that matches an expression
kame-grep = $(if $(shell grep -qE '$(3)' $(srctree)/include/$(2) && echo y),-DKAME_HAVE_$(1))

ccflags-y += $(call kame-grep,DST_ALLOC_REF,net/dst.h,dst_alloc.*initial_ref)
ccflags-y += $(call kame-grep,XFRM_STATE_DIR,uapi/linux/xfrm.h,XFRM_SA_DIR_OUT)
ccflags-y += $(call kame-grep,XFRM_OFFLOAD_PACKET,net/xfrm.h,XFRM_DEV_OFFLOAD_PACKET)
ccflags-y += $(call kame-grep,NETNS_UDP_TABLE,net/netns/ipv4.h,udp_table)
ccflags-y += $(call kame-grep,OUTREQUESTS,uapi/linux/snmp.h,IPSTATS_MIB_OUTREQUESTS)
