# SPDX-License-Identifier: GPL-2.0-or-later
#
# The project's verbs. `make help` lists them; everything else is in the folders.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# What a user may choose.
SERIES     ?=
TOPOLOGY   ?= 176c1n,80c2n
SIZES      ?= 64,256,1024,4096,8192
# A bench may have other sizes, or none.
SIZED      := $(if $(filter file,$(origin SIZES)),,--sizes=$(SIZES))
BENCH      ?= percpu-alloc
KERNEL     ?= 7.3
KERNEL_SRC ?=
CONFIG     ?= bench
KSELFTEST  ?=
SWEEP      ?= results/reference/reference.sweep
OUTPUT     ?= results/sweep.jsonl
OLD        ?=
NEW        ?=
ALLOW      ?=
THRESHOLDS ?=
AGAIN      ?=
QUICK      ?=
# Further options of `pcpubench campaign start`: METAL="--boots=20 --localmodconfig"
METAL      ?=
RELEASES   ?= 6.1 6.12 7.2 7.3
JOBS       ?= $(shell nproc)
# Of each kernel, of bench-kvm: times need several.
BOOTS      ?= 10
FUZZ_SECONDS ?= 60
# yes, no or auto: what is built without network and home folder (docs/security.md).
SANDBOX    ?=
# 1: a compiler's warning is an error, as in `make check`. A compiler that is newer
# than this warns of more, which must not stop a user.
WERROR     ?=
PREFIX     ?= /usr/local
DESTDIR    ?=
export KERNEL KERNEL_SRC CONFIG JOBS SANDBOX

# A variable that no verb reads would be a machine or a kernel that was not measured.
READ := $(shell sed -n 's/^\([A-Z_]*\) *?=.*/\1/p' $(firstword $(MAKEFILE_LIST))) \
	STEPS TESTS V CC CFLAGS LDFLAGS VERSION MAKEFLAGS
GIVEN := $(foreach v,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $v))),$v))
$(foreach v,$(filter-out $(READ),$(GIVEN)),\
	$(error no verb reads the variable $v: there are $(filter-out V CC CFLAGS LDFLAGS VERSION MAKEFLAGS,$(READ))))

B := build
S := userspace-runner
# "-dirty" if the tree is not the commit's. Root's git does not read the tree of a user
# who built it: then as built.
VERSION := $(shell git --no-optional-locks describe --always --exclude='*' \
	--abbrev=12 --dirty 2>/dev/null || \
	cat $(B)/version 2>/dev/null || echo unknown)

CC      := gcc
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	$(if $(WERROR),-Werror)
CFLAGS  ?= -O2 -g
# -fno-plt: a call of a library is one instruction, as in a static program; samples of
# BPF maps count the guest's calls.
ALL_CFLAGS = $(CFLAGS) -std=gnu11 -fno-plt $(WARN) -D_GNU_SOURCE -I$(S) -Ikmod-bench \
	-DPCPUBENCH_VERSION='"$(VERSION)"'
LDLIBS  := -ljansson -larchive -lgsl -lgslcblas -lelf -ldw -lm
# A guest has the libraries of its /init in this folder (guest/guest.h). All are bound
# at its start: binding in a sample would count.
GUEST_LDLIBS := -Wl,--as-needed,-z,now,--disable-new-dtags,-rpath,/libraries -ljansson -lm

# The program is everything but the guest's main; the guest takes what it needs.
# A room is a folder; tests/static/rooms.sh says which may include which.
GUEST_ONLY := $(filter-out %_log.c,$(wildcard $(S)/guest/*.c))
RUNNER_SRC := $(filter-out $(GUEST_ONLY),$(wildcard $(S)/*.c $(S)/*/*.c \
	$(S)/measure/benches/*.c))
GUEST_SRC  := $(GUEST_ONLY) $(wildcard $(S)/measure/*.c $(S)/measure/benches/*.c \
	$(S)/plan/*.c) \
	$(addprefix $(S)/,base/clock.c base/err.c base/file.c base/index.c base/list.c \
	base/memory.c base/near.c base/options.c base/process.c base/ranges.c base/safe.c \
	base/text.c base/text_stream.c \
	results/cell_name.c results/contention.c results/proof.c results/record.c \
	results/writer.c stats/median.c)
RUNNER_OBJ := $(RUNNER_SRC:%.c=$(B)/obj/%.o)
GUEST_OBJ  := $(GUEST_SRC:%.c=$(B)/obj/%.o)

.PHONY: all deps kernels bench bench-metal bench-kvm bench-qemu sweep releases counters plots profile gate price lkml check clean help
all: $(B)/pcpubench $(B)/init $(B)/profile.so ## Build the program and the guest's /init

include tests/tests.mk
include ci/package/package.mk

$(B)/pcpubench: $(RUNNER_OBJ)
	@echo "  LD      $@"
	@$(CC) $(ALL_CFLAGS) -o $@ $^ $(LDLIBS)

$(B)/init: $(GUEST_OBJ)
	@echo "  LD      $@"
	@$(CC) $(ALL_CFLAGS) -o $@ $^ $(GUEST_LDLIBS)
	@strip $@

# The callbacks have the signatures that QEMU wants, used or not.
$(B)/profile.so: $(wildcard tcg-plugin/*.[ch]) kmod-bench/mark.h Makefile
	@echo "  LD      $@"
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) -Wno-unused-parameter -fPIC -fvisibility=hidden \
		-shared -o $@ $(filter %.c,$^)

$(B)/obj/%.o: %.c Makefile
	@echo "  CC      $<"
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# What makes records of what a guest and the plugin say: boots that are known were
# made by the same.
BOOT_SRC := $(sort $(wildcard $(addprefix $(S)/,boot/*.[ch] profile/*.[ch] vm/*.[ch])))
BOOT_CODE := $(shell cat $(BOOT_SRC) | sha256sum | cut -c1-16)
%/boot/known.o: ALL_CFLAGS += -DPCPUBENCH_BOOT_CODE='"$(BOOT_CODE)"'
$(B)/obj/$(S)/boot/known.o $(B)/san/$(S)/boot/known.o \
	$(B)/fuzz/$(S)/boot/known.o: $(BOOT_SRC)

# Of d3 version 5, as Debian packages it; plots/page/ is linked into the program.
D3 := /usr/share/nodejs/d3/dist/d3.min.js
%/report/page.o: ALL_CFLAGS += -DPCPUBENCH_PAGE='"$(B)/page.html"'
$(B)/obj/$(S)/report/page.o $(B)/san/$(S)/report/page.o \
	$(B)/fuzz/$(S)/report/page.o: $(B)/page.html
$(B)/page.html: $(D3) $(wildcard plots/page/*)
	@echo "  PAGE    $@"
	@mkdir -p $(@D)
	@plots/page/make $(D3) >$@
$(D3):
	@echo "$@ is missing: run 'make deps'" >&2
	@exit 1

# The process that mm-life measures: no library, and no flag of the user's, so that
# it is the same everywhere. It is linked into the program and into /init.
ALONE := -O2 -std=gnu11 $(WARN) -D_GNU_SOURCE -I$(S) -Ikmod-bench -ffreestanding \
	-fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables \
	-fcf-protection=none -nostdlib -static -no-pie \
	-Wl,-z,noseparate-code,-z,noexecstack,--build-id=none
%/benches/mm_worker.o: ALL_CFLAGS += -DPCPUBENCH_MM_PROGRAM='"$(B)/mm_program"'
$(B)/obj/$(S)/measure/benches/mm_worker.o \
	$(B)/san/$(S)/measure/benches/mm_worker.o \
	$(B)/fuzz/$(S)/measure/benches/mm_worker.o: $(B)/mm_program
$(B)/mm_program: $(S)/measure/programs/mm_program.c kmod-bench/mark.h \
		kmod-bench/pcpu_bench.h $(addprefix $(S)/measure/benches/,\
		mm_program.h stamp.h) Makefile
	@echo "  LD      $@"
	@mkdir -p $(@D)
	@$(CC) $(ALONE) -o $@ $<
	@strip $@

# Its text has the version in it: a new commit, a new text.
$(B)/obj/$(S)/results/recorder.o $(B)/obj/$(S)/report/page.o \
	$(B)/obj/$(S)/main.o: $(B)/version
$(B)/version: FORCE
	@mkdir -p $(B)
	@[ "$$(cat $@ 2>/dev/null)" = "$(VERSION)" ] || echo "$(VERSION)" >$@
.PHONY: FORCE

-include $(shell find $(B) -name '*.d' 2>/dev/null)

.PHONY: packages
packages:
	@ci/deps

# Of these Linux versions `make check` builds kernels.
CHECKED := 6.12 7.3
deps: packages ## Install the packages that are missing (as root), and download the sources that tests build: `make check` needs no network then
	@for version in $(CHECKED); do \
		kernel-patches/build-kernel --kernel="$$version" --fetch >/dev/null || \
			echo "tests that build Linux $$version will fail" >&2; \
	done

# Each in a make of its own: what `packages` installs is there when the next starts.
kernels: packages ## Build all kernels, or SERIES="a b" of them
	@kernel-patches/build-kernel $(call words_of,$(SERIES)) >/dev/null

# A word for the shell, whatever is in it; and each of a list, where ~/ is the home folder.
word_of = '$(subst ','\'',$(1))'
words_of = $(foreach word,$(1),$(if $(filter ~/%,$(word)),~/)$(call \
	word_of,$(patsubst ~/%,%,$(word))))

# A range of commits is compared with its start; "../x" is a path.
RANGES := $(strip $(foreach name,$(SERIES),\
	$(if $(findstring ..,$(subst /..,,$(subst ../,,$(name)))),$(name))))
NAMES = $(if $(QUICK),distribution,\
	$(if $(RANGES),$(if $(filter baseline,$(SERIES)),,baseline)) $(SERIES))

# The distribution's kernel is not built, of whatever source.
BUILT := $(strip $(foreach v,SERIES KERNEL KERNEL_SRC CONFIG,\
	$(if $(filter command,$(firstword $(origin $v))),$v=)))
$(if $(QUICK),$(if $(BUILT),\
	$(error QUICK=1 measures the kernel that the distribution ships: leave out $(BUILT))))

# Of kernels that are named here, or machines, none is the one that runs.
ASKED := $(strip $(foreach v,SERIES TOPOLOGY KERNEL KERNEL_SRC CONFIG QUICK,\
	$(if $(filter-out file,$(origin $(v))),$(v)=)))

bench: ## Print the ACCT COST table: of the kernel that runs, where it can be measured, else of emulated ones
	@ci/deps metal
	@$(MAKE) --no-print-directory -s -j$(JOBS) all >&2
	@where=$$($(B)/pcpubench doctor --where='$(ASKED)'); \
	printf '%s\n' "$$where" >&2; \
	$(MAKE) --no-print-directory -s "bench-$${where%%:*}"

# A kernel that is not installed yet needs more than measuring.
MADE = $(if $(SERIES),--series=$(call word_of,$(NAMES)),$(if \
	$(filter-out file,$(origin SWEEP)),--sweep=$(call word_of,$(SWEEP))))
bench-metal: ## Measure the kernel that runs, by time, as root (SIZES= BENCH=); with SERIES= or SWEEP=FILE a kernel of each series, built, installed and booted in turn (KERNEL= KERNEL_SRC= METAL=OPTIONS)
	@ci/deps metal $(if $(MADE),kernels series)
	@$(MAKE) --no-print-directory -s -j$(JOBS) all >&2
	@$(if $(MADE),$(B)/pcpubench campaign start $(MADE) $(METAL) \
		-- --bench=$(BENCH) $(SIZED); exit;) \
	text=$$($(B)/pcpubench run --bench=$(BENCH) $(SIZED)) || exit; \
	printf '%s\n' "$$text"; \
	plots/draw "$$(printf '%s\n' "$$text" | sed -n 's/^results: //p')"

bench-kvm: ## Measure kernels in guests under KVM that are like this machine, by time: vCPUs and nodes bound to its own (SERIES= SIZES= BENCH= BOOTS= KERNEL= KERNEL_SRC= CONFIG=)
	@ci/deps program kernels guests
	@$(MAKE) --no-print-directory -s -j$(JOBS) all >&2
	@plots/measure-bench --instrument=time --real --boots=$(BOOTS) \
		--bench=$(BENCH) $(SIZED) $(call words_of,$(NAMES))

# What draws is installed when the table is there.
bench-qemu: ## Measure kernels in QEMU, in instructions (SERIES= TOPOLOGY= SIZES= BENCH= KERNEL= KERNEL_SRC= CONFIG=; AGAIN=1: also what is known; QUICK=1: only the distribution's kernel)
	@ci/deps program kernels guests
	@$(MAKE) --no-print-directory -s -j$(JOBS) all >&2
	@plots/measure-bench --bench=$(BENCH) $(SIZED) \
		--topologies=$(TOPOLOGY) --jobs=$(JOBS) $(if $(AGAIN),--again) \
		$(call words_of,$(NAMES))

# One name, so that the same command goes on where it stopped.
sweep: packages ## Measure the grid SWEEP= into OUTPUT=, go on where it stopped
	@$(MAKE) --no-print-directory -s all >&2
	@$(B)/pcpubench sweep --file=$(SWEEP) --output=$(OUTPUT) \
		--jobs=$(JOBS) $(call words_of,$(SERIES))

# Where the cost is: tables to the terminal, pictures to build/profile/.
profile: packages ## Print which functions the cost is in, and draw it (SERIES= TOPOLOGY= SIZES=)
	@$(MAKE) --no-print-directory -s all >&2
	@plots/profile "$(B)/profile" --bench=$(BENCH) --sizes=$(SIZES) \
		--topologies=$(TOPOLOGY) --jobs=$(JOBS) $(call words_of,$(SERIES))

releases: packages ## Print what accounting costs in each release of Linux, and which functions changed (RELEASES= TOPOLOGY= SIZES= AGAIN=)
	@$(MAKE) --no-print-directory -s all >&2
	@plots/measure-releases results/releases "$(RELEASES)" $(SIZES) \
		--bench=$(BENCH) --topologies=$(TOPOLOGY) --jobs=$(JOBS) \
		$(if $(AGAIN),--again)

# Series that change the counters of an mm, and CPUs on one node unless others are given.
MM_SERIES := $(notdir $(wildcard $(addprefix \
	kernel-patches/linux-$(KERNEL)/on-request/,rss-* mm-* cid-*)))
MM_CPUS := 4c1n,64c1n,256c1n,1024c1n
# Not each config has mm_cid, which cid-late is about.
MM_CONFIG := $(if $(filter file,$(origin CONFIG)),rseq,$(CONFIG))
counters: packages ## Print what an mm's counters cost, and how wrong RSS is, with each series that changes them (SERIES= TOPOLOGY=)
	@$(MAKE) --no-print-directory -s all >&2
	@CONFIG=$(MM_CONFIG) plots/measure-counters results/counters \
		$(call word_of,$(or $(SERIES),baseline $(MM_SERIES))) --jobs=$(JOBS) \
		--topologies=$(if $(filter file,$(origin TOPOLOGY)),$(MM_CPUS),$(TOPOLOGY))

plots: packages ## Draw the pictures in plots/ from results/reference/
	@$(MAKE) --no-print-directory -s all >&2
	@$(B)/pcpubench plot --output=plots results/reference/sweep-6.12.jsonl
	@$(B)/pcpubench plot --output=plots/depth results/reference/depth-6.12.jsonl
	@$(B)/pcpubench plot --output=plots/counters $(foreach v,6.12 7.3,\
		results/reference/mm-$v.jsonl)
	@$(B)/pcpubench plot --output=plots/releases $(foreach v,6.1 6.12 7.2 7.3,\
		results/reference/releases-$v.jsonl)
	@$(B)/pcpubench plot --output=plots --compare \
		results/reference/bench-6.12.jsonl:v1 :d
	@$(B)/pcpubench contention --plot=plots $(addprefix results/reference/,\
		contention-6.12.jsonl contention-nowait-6.12.jsonl) | grep ^plots/
	@$(B)/pcpubench report --format=csv results/reference/counter-6.12.jsonl \
		>$(B)/counter.csv
	@plots/counter.py $(B)/counter.csv plots
	@$(B)/pcpubench report --format=csv results/reference/kinds-6.12.jsonl | \
		plots/kinds.py /dev/stdin results/reference/kinds-6.12.{jsonl,ktap} \
		plots | grep ^plots/
	@for v in 6.12 7.3; do $(B)/pcpubench report --format=csv \
		results/reference/slab-$$v.jsonl >$(B)/slab-$$v.csv; done
	@plots/slab.py 6.12=$(B)/slab-6.12.csv 7.3=$(B)/slab-7.3.csv plots
	@for v in 6.12 7.3; do $(B)/pcpubench report --format=csv \
		results/reference/memcg-life-$$v.jsonl >$(B)/life-$$v.csv; done
	@plots/life.py 6.12=$(B)/life-6.12.csv 7.3=$(B)/life-7.3.csv plots
	@for v in 6.12 7.3; do $(B)/pcpubench report --format=csv \
		results/reference/zswap-$$v.jsonl >$(B)/zswap-$$v.csv; done
	@plots/zswap.py 6.12=$(B)/zswap-6.12.csv 7.3=$(B)/zswap-7.3.csv plots
	@plots/footprint.py $(foreach v,6.12 7.3,\
		$v=results/reference/footprint-$v.jsonl) plots
	@plots/share.py $(foreach v,6.12 7.3,\
		$v=results/reference/slab-share-$v.jsonl) plots

gate: ## Judge results NEW= against OLD= (FILE[:KERNEL]; ALLOW= in any cell, THRESHOLDS= more rules)
	@[ -n $(call word_of,$(OLD)) ] && [ -n $(call word_of,$(NEW)) ] || { echo "make gate: give OLD= and NEW=, FILE[:KERNEL] each" >&2; exit 2; }
	@$(MAKE) --no-print-directory -s $(B)/pcpubench
	@$(B)/pcpubench gate $(if $(ALLOW),--allow=$(call word_of,$(ALLOW))) \
		$(if $(THRESHOLDS),--thresholds=$(call word_of,$(THRESHOLDS))) \
		$(call word_of,$(OLD)) $(call word_of,$(NEW))

price: packages ## Print what each patch of SERIES= adds (TOPOLOGY= SIZES=)
	@[ "$(words $(SERIES))" = 1 ] || { echo "make price: give SERIES=, one name or path" >&2; exit 2; }
	@$(MAKE) --no-print-directory -s all >&2
	@$(B)/pcpubench price --bench=$(BENCH) --sizes=$(SIZES) \
		--topologies=$(TOPOLOGY) --jobs=$(JOBS) $(call words_of,$(SERIES))

# What was measured last, where nothing is asked for; in a fresh clone what is
# in the tree.
lkml: ## Print a mail's body: OLD= and NEW= of files, or measure SERIES=, or of the newest file
	@$(MAKE) --no-print-directory -s $(if $(SERIES),packages) all >&2
	@set -- $(if $(OLD),$(call word_of,$(OLD))) $(if $(NEW),$(call word_of,$(NEW))); \
	if [ -n $(call word_of,$(SERIES)) ]; then \
		set -- "$$($(B)/pcpubench sweep --bench=$(BENCH) \
			--sizes=$(SIZES) --topologies=$(TOPOLOGY) --jobs=$(JOBS) \
			baseline $(call words_of,$(filter-out baseline,$(SERIES))))"; \
	elif [ $$# = 0 ]; then \
		set -- $$(ls -t results/*.jsonl 2>/dev/null) results/reference/bench-6.12.jsonl; \
		set -- "$$1"; \
		echo "of $$1" >&2; \
	fi; \
	$(B)/pcpubench lkml "$$@"

clean: ## Remove what was built here (the cache of kernels stays)
	rm -rf $(B)

# Of a verb that is none.
.DEFAULT:
	@verbs=$$(sed -n 's/^\([a-z-]*\):.*## .*/\1/p' $(wildcard Makefile */*.mk */*/*.mk)); \
	near=$$(/usr/bin/python3 -c 'import difflib, sys; \
		print(*difflib.get_close_matches(sys.argv[1], sys.argv[2:], 1))' $@ $$verbs); \
	echo "make: no verb '$@': $${near:+did you mean '$$near'? }'make help' lists them" >&2; \
	exit 2

help: ## List the verbs
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | \
		expand -t 20
