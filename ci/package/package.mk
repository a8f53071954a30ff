# SPDX-License-Identifier: GPL-2.0-or-later
#
# `make install`, `make uninstall`, `make deb`: docs/install.md.

# Manual pages have the date of the commit, or the one that dpkg sets.
DATE := $(shell date -u +%F -d "@$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct \
	2>/dev/null || date +%s)}")
%/cmd/manual.o: ALL_CFLAGS += -DPCPUBENCH_DATE='"$(DATE)"'
$(B)/obj/$(S)/cmd/manual.o: $(B)/version

# One for the program and one for each command, from the tables of --help.
$(B)/man/pcpubench.1: $(B)/pcpubench
	@echo "  MAN     $(@D)"
	@rm -rf $(@D)
	@mkdir -p $(@D)
	@commands=$$($< help --complete -- '' | cut -f1); \
	for command in $$commands; do \
		$< help --man "$$command" >"$(@D)/pcpubench-$$command.1"; \
	done; \
	$< help --man >$@

.PHONY: man install uninstall deb
man: $(B)/man/pcpubench.1 ## Write the manual pages into build/man/

install: all man ## Install into PREFIX= (/usr/local), below DESTDIR= for packagers
	@DESTDIR='$(DESTDIR)' ci/package/install install '$(PREFIX)' '$(VERSION)'

uninstall: ## Remove what `make install` put into PREFIX=
	@DESTDIR='$(DESTDIR)' ci/package/install uninstall '$(PREFIX)' '$(VERSION)'

deb: ## Build a Debian package into build/deb/
	@ci/deps program deb
	@ci/package/deb '$(VERSION)'
