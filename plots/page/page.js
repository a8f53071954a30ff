// SPDX-License-Identifier: GPL-2.0-or-later
// The gate's verdicts, the commands, and the page of all parts.

const MARKS = {
	regression: "\u2717", inconclusive: "?", pass: "\u2713", improved: "\u2713", ignored: "\u2013",
};
const EXITS = ["pass", "regression", "inconclusive", "inconclusive"];

function gate(parent) {
	const order = Object.keys(MARKS), badness = check => order.indexOf(check.state);
	add(parent, "p", { class: EXITS[data.gate.exit] }, "gate: " + data.gate.summary);
	const [body] = grid(parent, { id: "gate-table", "aria-label": "checks" },
		[["verdict", "text"], ["check", "text"], ["figures", "text"]]);
	for (const check of [...data.gate.checks].sort((a, b) => badness(a) - badness(b))) {
		const line = add(body, "tr");
		add(line, "td", { class: check.state }, `${MARKS[check.state]} ${check.state}`);
		add(line, "td", { class: "long" }, check.name);
		add(line, "td", { class: "long" }, check.text);
	}
	const notes = add(parent, "ul");
	for (const note of data.gate.notes)
		add(notes, "li", {}, `${note.about}: ${note.text}`);
}

function repeat(parent) {
	for (const run of data.runs) {
		const end = run.ended ? "" : ", interrupted before its end";
		add(parent, "p", {}, `run ${run.id}, started ${run.started}${end}`);
		add(parent, "pre", {}, run.command.trim());
	}
	const all = add(parent, "details");
	add(all, "summary", {}, "All as text: pcpubench report --all");
	add(all, "pre", { id: "report" }, data.report);
}

const sections = [
	["gate", "Gate", gate, data.gate],
	["tables", "Tables", tables, true],
	["curves", "Curves", curves, curveViews().length],
	["history-of", "History", histories, data.history.length],
	["flames", "Flame graph", flames, data.flames.length],
	["repeat", "Measure it again", repeat, true],
].filter(section => section[3]);

function heading() {
	const names = data.kernels.map(k => k.name);
	const title = names.slice(0, 8).join(", ") + (names.length > 8 ? ", \u2026" : "");
	document.title = "pcpubench: " + title;
	add(page, "h1", {}, "What accounting costs: " + title);
	add(page, "p", { class: "soft" }, "Percpu memory, accounting off and on in the same boot. " +
		`Written by pcpubench ${data.tool}.`);
	const nav = add(page, "nav", { "aria-label": "sections" });
	for (const [id, name] of sections)
		add(nav, "a", { href: "#" + id }, name).addEventListener("click", event => {
			event.preventDefault();
			document.getElementById(id).scrollIntoView();
		});
}

// The first element with this data attribute.
const withData = (name, value) => value &&
	[...page.querySelectorAll(`[data-${name}]`)].find(n => n.dataset[name] === value);

// All anew; what had the focus has it again.
function render() {
	const { key, frame } = document.activeElement.dataset, top = scrollY;
	tip.hidden = true;
	page.textContent = "";
	heading();
	for (const [id, title, draw] of sections) {
		const section = add(page, "section", { id });
		add(section, "h2", {}, title);
		draw(section);
	}
	scrollTo(0, top);
	const same = withData("key", key) || withData("frame", frame);
	if (same)
		same.focus({ preventScroll: true });
}

function arrive() {
	view = new URLSearchParams(location.hash.slice(1));
	if (view.get("cell"))
		open.add(parseInt(view.get("cell"), 10));
	render();
	const cell = withData("cell", view.get("cell"));
	if (cell)
		cell.focus();
}

document.addEventListener("keydown", event => {
	if (event.key !== "Escape")
		return;
	tip.hidden = true;
	if (view.get("frame"))
		go({ frame: null });
});
let before = innerWidth;
addEventListener("resize", () => {
	if (innerWidth !== before)
		render();
	before = innerWidth;
});
addEventListener("hashchange", arrive);
arrive();
