#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The page, as Chromium shows it: the report's tables, views by address, names of
# strangers, and nothing that leaves it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

if ! command -v chromium >/dev/null; then
	skip "a browser shows the page" "no chromium: as root, ci/deps browser"
	finish
fi

p=$pcpubench
reference=results/reference
posted=("$reference/posted-7.3.jsonl" "$reference/posted-profile-7.3.jsonl")

# browse FILE [#VIEW] [OPTION...]: run Chromium on that page.
browse() {
	timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
		--no-first-run --user-data-dir="$tmp/profile" "${@:3}" "file://$1${2:-}" 2>"$tmp/log"
}
# dom FILE [#VIEW]: what is shown goes to $tmp/dom; $tmp/raw has scripts and data, too.
dom() {
	browse "$1" "${2:-}" --dump-dom >"$tmp/raw" &&
		perl -0pe 's/<script.*?<\/script>//gs' "$tmp/raw" >"$tmp/dom" &&
		grep -q '<section id="tables"' "$tmp/dom" &&
		! grep -o '.\{40\}\(NaN\|undefined\).\{20\}' "$tmp/dom" && return
	cat "$tmp/log"
	return 1
}

# rows: of standard input, HTML's tables or Markdown's, each row's cells with "|".
cat >"$tmp/rows.py" <<'END'
import html.parser
import re
import sys


class Rows(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.inside = self.row = None

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.inside = dict(attrs).get("id", "").startswith("table-")
        elif tag == "tr" and self.inside:
            self.row = []
        elif tag in ("td", "th") and self.inside:
            self.row.append("")

    def handle_data(self, data):
        if self.inside and self.row:
            self.row[-1] += data

    def handle_endtag(self, tag):
        if tag == "tr" and self.inside:
            print("|".join(self.row))
        elif tag == "table":
            self.inside = False


text = sys.stdin.read()
if sys.argv[1] == "html":
    Rows().feed(text)
else:
    for line in text.split("\n"):
        if line.startswith("|") and not re.match(r"\|[-:| ]+$", line):
            print("|".join(re.sub(r"\\(.)", r"\1", cell.strip())
                           for cell in line.strip().strip("|").split("|")))
END
rows() {
	/usr/bin/python3 "$tmp/rows.py" "$1"
}

# same_tables PART SHOW FILE...
same_tables() {
	"$p" page -o "$tmp/page.html" "${@:3}" && dom "$tmp/page.html" "#show=$2" || return
	rows html <"$tmp/dom" >"$tmp/rows"
	[ -s "$tmp/rows" ] && diff <("$p" report --only="$1" --format=md "${@:3}" | rows md) "$tmp/rows"
}
check "percentages: the report's, every cell" same_tables percent percent "${posted[@]}"
check "amounts: the report's" same_tables cost cost "${posted[@]}"
check "off: the report's" same_tables off off "${posted[@]}"
check "invalid and failed cells: the report's" \
	same_tables percent percent tests/unit/data/troubles.jsonl
check "times: the report's" same_tables cost cost tests/unit/data/metal.jsonl
check "maps, in us: the report's" same_tables cost cost "$reference/bpf-ops-6.12.jsonl"

first_names() {
	rows html <"$tmp/dom" | sed -n '2,5s/|.*//p' | paste -sd' '
}
sorts() {
	"$p" page -o "$tmp/page.html" "${posted[@]}" >/dev/null && dom "$tmp/page.html" "#sort=-64" || return
	[ "$(first_names)" = "posted-v1 posted-a posted-c baseline" ] || { first_names; return 1; }
	dom "$tmp/page.html" "#sort=kernel" || return
	[ "$(first_names)" = "baseline posted-a posted-c posted-v1" ] && return
	first_names
	return 1
}
check "sorts by size and by name" sorts

says() {
	grep -qF -- "$1" "$tmp/dom" || { grep -o 'id="tip".*' "$tmp/dom"; return 1; }
}
tells() {
	dom "$tmp/page.html" "#show=cost&cell=0.2.0" &&
		says 'on - off +43577 instructions per pair (+330.4%)' &&
		says 'proof: what was held at a time charged 11392 B, expected 11392 B' &&
		says 'started 2026-' && says 'QEMU ' && says 'Linux 7.3.4 from linux-source-7.3'
}
check "a cell in focus tells its proof and where it comes from" tells
repeats() {
	says 'KERNEL=7.3 build/pcpubench sweep' && says '--instrument=profile'
}
check "how to measure it again is there" repeats
zooms() {
	local all nr

	nr=$(grep -oE 'value="[0-9]+"[^>]*>posted-a, 176c1n, percpu-alloc 64 B' "$tmp/dom" |
		grep -oE '[0-9]+' | head -n 1)
	dom "$tmp/page.html" "#flame=$nr" && says '>vmalloc_to_page<' || return
	all=$(grep -o 'class="frame"' "$tmp/dom" | wc -l)
	dom "$tmp/page.html" "#flame=$nr&frame=1" || return
	[ "$all" -gt 10 ] && [ "$(grep -o 'class="frame"' "$tmp/dom" | wc -l)" -lt "$all" ]
}
check "the flame graph zooms" zooms
draws() {
	dom "$tmp/page.html" "#show=cost" && says 'class="series"' &&
		says 'object size, bytes' && says '<path class="point"'
}
check "curves are drawn" draws

# Two versions of one name, and of several releases: the steps that compare finds.
releases() {
	"$p" page -o "$tmp/page.html" "$reference"/releases-{6.1,6.12,7.2,7.3}.jsonl &&
		dom "$tmp/page.html" "#history=0.0.64" || return
	"$p" compare --force "$reference"/releases-{6.1,6.12}.jsonl | grep -q '+143' &&
		says 'step, more: +143.33 instructions' &&
		[ "$(grep -o 'class="step"' "$tmp/dom" | wc -l)" = 3 ]
}
check "releases are a history, with its steps" releases
price() {
	"$p" page -o "$tmp/page.html" "$reference/price-6.12.jsonl" &&
		dom "$tmp/page.html" "#history=0.0.64" &&
		[ "$(grep -o 'class="step"' "$tmp/dom" | wc -l)" = 2 ]
}
check "a series' patches are a history" price
versions() {
	sed 's/"id":"[^"]*"/"id":"later"/; s/"image_sha256":"..../"image_sha256":"0000/; s/"wall_s":/&9/' \
		"$reference/bench-7.3.jsonl" >"$tmp/later.jsonl"
	"$p" page -o "$tmp/page.html" "$reference/bench-7.3.jsonl" "$tmp/later.jsonl" &&
		dom "$tmp/page.html" && says '>baseline-2<' && says '>d-2<' &&
		says '<optgroup label="d">' && ! grep -q 'class="step"' "$tmp/dom"
}
check "two builds of one name are a history; equal ones have no step" versions

# Kernels that were built from commits, each of another name.
commits() {
	"$p" page -o "$tmp/page.html" "$reference/bench-7.3.jsonl" &&
		dom "$tmp/page.html" && ! grep -q 'label="commits"' "$tmp/dom" || return
	sed '/"type":"kernel"/s/"kernel":"\([^"]*\)"/&,"commit":"\1"/' \
		"$reference/bench-7.3.jsonl" >"$tmp/commits.jsonl"
	"$p" page -o "$tmp/page.html" "$tmp/commits.jsonl" &&
		dom "$tmp/page.html" "#history=0.0.64" && says '<optgroup label="commits">' &&
		says 'step, more: +93361 instructions' &&
		[ "$(grep -o 'class="step"' "$tmp/dom" | wc -l)" = 4 ]
}
check "commits are a history" commits

judged() {
	"$p" page -o "$tmp/page.html" "${posted[@]}" --old "${posted[0]}:baseline" --new :posted-c &&
		dom "$tmp/page.html" && says 'gate: regression: of 24 checks 20 regressed' &&
		[ "$(grep -o '<td class="regression">' "$tmp/dom" | wc -l)" = 20 ] &&
		"$p" page -o "$tmp/page.html" "${posted[@]}" --old "${posted[0]}:baseline" \
			--new :posted-c --allow=100000 && dom "$tmp/page.html" && says 'gate: pass: '
}
check "the gate's verdicts, by the rules given" judged

# Names that would end the script, or begin one, stay text.
hostile() {
	/usr/bin/python3 - "$reference/bench-7.3.jsonl" >"$tmp/hostile.jsonl" <<'END'
import json, sys
bad = "</script><script>document.title='ran'</script><img src=x onerror=document.title='ran'>"
for line in open(sys.argv[1]):
    r = json.loads(line)
    if r.get("kernel") == "d":
        r["kernel"] = "<img src=x onerror=document.title='ran'>"
    if r["type"] == "kernel":
        r["compiler"] = r["source"] = bad
        r["patches"] = [{"name": bad, "sha256": "0" * 64, "subject": bad}]
    if r["type"] == "run":
        r["command"] = ["pcpubench sweep", bad, "--out<!--"]
        r["host"]["cpu"] = bad
    print(json.dumps(r))
END
	"$p" page -o "$tmp/page.html" "$tmp/hostile.jsonl" && dom "$tmp/page.html" "#cell=0.6.0" || return
	! grep -q "<img\|<script>document\|<title>ran" "$tmp/raw" &&
		says "&lt;img src=x onerror=document.title='ran'&gt;" && says '&lt;/script&gt;' &&
		[ "$(grep -c '</script>' "$tmp/page.html")" = 2 ]
}
check "names of strangers stay text" hostile

# A script that got into the page would not run, and no request ever leaves it.
confined() {
	local server port=

	/usr/bin/python3 -c 'import http.server, sys
s = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
print(s.server_port, flush=True)
s.serve_forever()' >"$tmp/port" 2>"$tmp/asked" &
	server=$!
	while [ -z "$port" ]; do
		sleep .1
		port=$(cat "$tmp/port")
	done
	sed "s|</main>|</main><img src='http://127.0.0.1:$port/img'><script src='http://127.0.0.1:$port/src'></script><script>document.title='ran';fetch('http://127.0.0.1:$port/')</script>|" \
		"$tmp/page.html" >"$tmp/added.html"
	dom "$tmp/added.html" && grep -q "$port/img" "$tmp/dom" && ! grep -q '<title>ran' "$tmp/dom"
	set -- $?
	kill "$server"
	wait "$server" 2>/dev/null
	[ "$1" = 0 ] && [ ! -s "$tmp/asked" ] && return
	cat "$tmp/asked"
	return 1
}
check "no other script runs, and nothing leaves the page" confined

# A page without its policy, so that a script of the test runs: it does what a
# reader does.
used() {
	"$p" page -o "$tmp/page.html" "${posted[@]}" || return
	cat >"$tmp/reader.js" <<'END'
const press = key => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const log = [], find = s => document.querySelector(s), frames = () => document.querySelectorAll(".frame").length;
const note = what => log.push(what + "=" + location.hash);
find('[data-key="show=cost"]').click(); note("amounts");
find('[data-key="sort=64"]').focus();
find('[data-key="sort=64"]').click(); find('[data-key="sort=64"]').click(); note("sorted");
log.push("focus=" + document.activeElement.dataset.key);
find("#table-0 td").focus(); press("ArrowRight"); press("ArrowDown"); note("cell");
log.push("tip=" + tip.textContent.split("\n")[0]);
press("Escape"); log.push("hidden=" + tip.hidden);
const all = frames(), frame = find(".frame").dataset.frame;
find(".frame").focus(); press("Enter"); log.push("zoomed=" + location.hash.endsWith("&frame=" + frame));
log.push("fewer=" + (frames() < all), "focus=" + (document.activeElement.dataset.frame === frame));
press("ArrowUp"); log.push("up=" + (document.activeElement.dataset.frame > frame));
press("Escape"); note("back"); log.push("all=" + (frames() === all));
const list = find('select[data-key="flame"]'); list.value = "3";
list.dispatchEvent(new Event("change")); note("other");
document.body.append(log.join(" ; "));
END
	/usr/bin/python3 - "$tmp/page.html" "$tmp/reader.js" >"$tmp/used.html" <<'END'
import sys
page, script = (open(path, encoding="utf-8").read() for path in sys.argv[1:])
print(page.replace("Content-Security-Policy", "X", 1)
      .replace("</body>", "<script>" + script + "</script></body>"))
END
	dom "$tmp/used.html" || return
	grep -o '^amounts=.*' "$tmp/dom" >"$tmp/did"
	local step
	for step in 'amounts=#show=cost ' 'sorted=#show=cost&amp;sort=-64 ' 'focus=sort=64 ' \
			'cell=#show=cost&amp;sort=-64&amp;cell=0.2.1 ' 'tip=posted-a, 176c1n, percpu-alloc, insn, 256 B ' \
			'hidden=true ' 'zoomed=true ' 'fewer=true ' 'focus=true ' 'up=true ' \
			'all=true ' 'flame=3'; do
		grep -qF -- "$step" "$tmp/did" && continue
		echo "no '$step':"
		cat "$tmp/did"
		return 1
	done
}
check "clicks and keys sort, choose, tell and zoom" used

pictures() {
	local size
	for size in 1200,900 400,900; do
		browse "$tmp/page.html" "" --window-size="$size" --screenshot="$tmp/$size.png" >/dev/null
		[ "$(stat -c %s "$tmp/$size.png")" -gt 10000 ] || return
	done
}
check "it is drawn wide and narrow" pictures
fits_narrow() {
	browse "$tmp/page.html" "" --window-size=500,900 --dump-dom >"$tmp/dom" &&
		! grep -o '<svg width="[0-9]*"' "$tmp/dom" | tr -dc '0-9\n' | awk '$1 > 500 { bad = 1 } END { exit !bad }'
}
check "curves are as wide as the window" fits_narrow

again() {
	"$p" page -o "$tmp/1.html" "${posted[@]}" && "$p" page -o "$tmp/2.html" "${posted[@]}" &&
		cmp "$tmp/1.html" "$tmp/2.html"
}
check "the same files give the same page" again
beside() {
	cp "${posted[0]}" "$tmp/run.jsonl" && [ "$("$p" page "$tmp/run.jsonl")" = "$tmp/run.html" ] &&
		[ -s "$tmp/run.html" ]
}
check "without --output it is beside the file" beside
check "page of nothing" fails 2 "no results file" "$p" page
check "one side alone" fails 2 "give both --old and --new" "$p" page --old=a "${posted[0]}"
check "rules without sides" fails 2 "give --old and --new" "$p" page --allow=1 "${posted[0]}"
finish
