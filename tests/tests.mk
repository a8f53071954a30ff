# SPDX-License-Identifier: GPL-2.0-or-later
#
# `make check`: static checks, unit tests under ASan and UBSan, and tests that
# boot. A unit test is a file tests/unit/test_NAME.c (cmocka), linked with the
# whole program but its main; a test script is tests/{static,guest,e2e}/NAME.sh.

SAN := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
SAN_SRC := $(filter-out $(S)/main.c,$(RUNNER_SRC)) $(filter-out \
	$(RUNNER_SRC) $(S)/guest/init.c,$(GUEST_SRC)) \
	tcg-plugin/lines.c tcg-plugin/region.c tcg-plugin/x86.c
SAN_OBJ := $(SAN_SRC:%.c=$(B)/san/%.o) $(B)/san/tests/unit/steps.o
UNIT := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/test_*.c))

# The rooms that count their steps, for tests of how many these are.
STEPPED := results compare report sweep fit bundle
$(foreach room,$(STEPPED),$(eval \
	$(B)/san/$(S)/$(room)/%.o: SAN += -fsanitize-coverage=trace-pc))

$(B)/san/%.o: %.c Makefile tests/tests.mk
	@echo "  CC san  $<"
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) $(SAN) -MMD -MP -c -o $@ $<

$(B)/san/lib.a: $(SAN_OBJ)
	@rm -f $@
	@ar rcs $@ $^

$(B)/unit/%: tests/unit/%.c $(B)/san/lib.a
	@echo "  CC test $<"
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) $(SAN) -MMD -MP -o $@ $< $(B)/san/lib.a \
		$(LDLIBS) -lcmocka

# The /init of a guest test: tests/guest/NAME_init.c, with all that the guest's
# own has but its main; and the program that boots it.
GUEST_TESTS := $(patsubst tests/guest/%_init.c,$(B)/guest/%_init,\
	$(wildcard tests/guest/*_init.c))
GUEST_LIB_OBJ := $(filter-out %/guest/init.o,$(GUEST_OBJ))

$(B)/guest/%_init: tests/guest/%_init.c $(GUEST_LIB_OBJ) $(wildcard tests/guest/*.h)
	@echo "  CC test $<"
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) -o $@ $(filter-out %.h,$^) $(GUEST_LDLIBS)
	@strip $@

# This one has the program's own commands in it.
$(B)/obj/lib.a: $(filter-out %/main.o,$(RUNNER_OBJ))
	@rm -f $@
	@ar rcs $@ $^

$(B)/guest/metal_init: tests/guest/metal_init.c $(GUEST_LIB_OBJ) $(B)/obj/lib.a
	@echo "  CC test $<"
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) -o $@ $^ -lgsl -lgslcblas $(GUEST_LDLIBS)
	@strip $@

$(B)/guest/run: tests/guest/run.c $(B)/san/lib.a
	@echo "  CC test $<"
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) $(SAN) -o $@ $^ $(LDLIBS)

# A fuzz target is a file tests/fuzz/fuzz_NAME.c with a corpus in tests/fuzz/corpus/NAME/.
# It is linked with the whole program but its main, all by clang, which has libFuzzer.
# An empty list is from NULL to NULL + 0, which clang reports: it is what was meant.
# Of clang's warnings tests/all/compilers.sh makes errors.
FUZZ_FLAGS := -Wno-error -O1 -g -fno-sanitize-recover=all -fsanitize=address,undefined \
	-fno-sanitize=pointer-overflow
FUZZ_OBJ := $(patsubst %.c,$(B)/fuzz/%.o,$(filter-out $(S)/main.c,$(RUNNER_SRC)) \
	tests/fuzz/harness.c tests/fuzz/mutate.c)
FUZZ := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))

$(B)/fuzz/%.o: %.c Makefile tests/tests.mk
	@echo "  CC fuzz $<"
	@mkdir -p $(@D)
	@clang $(ALL_CFLAGS) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(B)/fuzz/lib.a: $(FUZZ_OBJ)
	@rm -f $@
	@ar rcs $@ $^

$(B)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(B)/fuzz/lib.a
	@echo "  CC fuzz $<"
	@clang $(ALL_CFLAGS) $(FUZZ_FLAGS) -fsanitize=fuzzer -MMD -MP -o $@ $< \
		$(B)/fuzz/lib.a $(LDLIBS) -Wl,--wrap=hash_file

check-metal: ## Test `make bench` and campaigns in a whole emulated machine, as root (slow; goes on where it stopped)
	@ci/deps program vm
	@$(MAKE) --no-print-directory -s all
	@tests/metal/check $(STEPS)

check-hosts: ## Build and test on Debian 13, in a root of its own, as root (slow at first; TESTS="static unit e2e/boot", or all)
	@ci/deps hosts
	@tests/hosts/check $(TESTS)

.PHONY: check-metal check-hosts unit fuzzers fuzz check check-all bench-self selftest check-debug
fuzzers: $(FUZZ)
fuzz: ## Give damaged files to all readers of strangers' files (FUZZ_SECONDS= for each)
	@ci/deps program checks
	@$(MAKE) --no-print-directory -s -j$(JOBS) fuzzers
	@tests/fuzz/run -o -max_total_time=$(FUZZ_SECONDS)

unit: $(UNIT) $(GUEST_TESTS) $(B)/guest/run ## Build the tests

check: deps ## Run all tests: static, unit, in guests, end to end
	@$(MAKE) --no-print-directory -s -j$(JOBS) WERROR=1 all unit fuzzers
	@tests/check

check-all: deps ## Run all tests, and those that build other versions of the kernel and its variants
	@ci/deps compilers
	@$(MAKE) --no-print-directory -s -j$(JOBS) WERROR=1 all unit fuzzers
	@tests/check --all

selftest: packages ## Check each kernel's accounting node by node, or SERIES="a b"; with KSELFTEST=cgroup by the kernel's own tests
	@$(MAKE) --no-print-directory -s all
	@$(B)/pcpubench selftest $(if $(KSELFTEST),--kselftest=$(KSELFTEST)) \
		$(call words_of,$(SERIES))

check-debug: packages ## The self-test on checked kernels (KASAN, lockdep, ...), all of them
	@$(MAKE) --no-print-directory -s all
	@$(B)/pcpubench selftest --config=debug $(call words_of,$(SERIES))
	@[ -n $(call word_of,$(SERIES)) ] || tests/all/selftest_debug.sh wrong

bench-self: all ## Print how fast and how exact pcpubench itself is
	@tests/bench-self
