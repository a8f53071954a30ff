#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Campaigns that were ended at once, or whose state is damaged: on this machine, with
# other folders in the place of those that a campaign writes to, and a played systemctl.
[ "${1:-}" = mount ] || [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null ||
	exec unshare -m "$0" mount
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

if [ "${1:-}" != mount ]; then
	skip "the states of a campaign" "takes root, who can mount"
	finish
fi
mount -t tmpfs none /var/lib
mount -t tmpfs none /etc/systemd/system
mount -t tmpfs none /run
mkdir -p /run/systemd/system /var/lib/pcpubench/campaign "$tmp/bin"
state=/var/lib/pcpubench/campaign/state.json
unit=/etc/systemd/system/pcpubench-campaign.service

cat >"$tmp/bin/systemctl" <<END_PROGRAM
#!/bin/sh
echo "\$*" >>"$tmp/asked"
[ "\$1" != stop ] || [ -e $unit ] || { echo "Unit not loaded." >&2; exit 5; }
END_PROGRAM
chmod +x "$tmp/bin/systemctl"
export PATH=$tmp/bin:$PATH

# What `start` has written before any unit.
begun() {
	cat >$state <<-END_STATE
		{"version": 1, "id": "c0ffee00", "via": "kexec", "home": "$(uname -r)",
		 "home_cmdline": "quiet", "output": "$tmp/c.jsonl", "program": "$pcpubench",
		 "directory": "/", "run_args": [], "seed": 1, "boots": 1, "until_ci": 0,
		 "quiet_load": 1, "quiet_wait_s": 1, "boot_wait_s": 60, "run_wait_s": 1,
		 "kernels": [{"name": "a", "release": "6.1", "args": ""}],
		 "phase": "choose", "stopped": false, "narrow": false, "home_tries": 0,
		 "home_from": "", "list": []}
	END_STATE
}
begun
check "a campaign whose start was killed is under way" fails 2 "'stop' ends it" \
	"$pcpubench" campaign start x
check "... as a plan says, too" fails 2 "'stop' ends it" \
	"$pcpubench" campaign start x --dry-run
check "... and stopped" "$pcpubench" campaign stop
check "... for good" grep -q '^now: over, stopped' <("$pcpubench" campaign status)
check "... without systemd, which knows no unit" [ "$(grep -c '^stop' "$tmp/asked")" = 0 ]

# The list of what is installed is not overwritten.
echo '{"version": 2}' >$state
check "a state that cannot be read is no reason to begin" \
	fails 1 "then this file" "$pcpubench" campaign start x
check "... and stays" [ "$(cat $state)" = '{"version": 2}' ]
touch $unit
rm $state
check "units without a state" fails 2 "has not removed everything" \
	"$pcpubench" campaign start x
check "... are removed" "$pcpubench" campaign stop
check "... all" [ ! -e $unit ]
check "... and there is no campaign" fails 2 "there is no campaign" \
	"$pcpubench" campaign stop

# systemd-boot has booted this machine, and has no entry for the kernel: auto goes on, to
# the last way.
by_auto() {
	mount -t tmpfs none /sys/firmware || return
	mkdir -p /sys/firmware/efi/efivars "$tmp/esp/loader/entries"
	printf '\6\0\0\0s\0y\0s\0t\0e\0m\0d\0-\0b\0o\0o\0t\0' >"/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
	printf '#!/bin/sh\necho %s\n' "$tmp/esp" >"$tmp/bin/bootctl"
	printf '#!/bin/sh\nexit 127\n' >"$tmp/bin/kexec"
	chmod +x "$tmp/bin/bootctl" "$tmp/bin/kexec"
	fails 2 "and for kexec: there is no kexec: install" \
		"$pcpubench" campaign start x --dry-run
}
if [ -d /sys/firmware ]; then
	check "auto takes no way that does not find the kernels" by_auto
fi
finish
