// SPDX-License-Identifier: GPL-2.0-or-later
// Shows the data of `pcpubench page`. Every number was computed there; this only
// chooses among them. The view is in the address behind '#', so it can be linked:
//   show=percent|cost|off|locked  sort=[-]kernel|SIZE  cell=TABLE.ROW.COLUMN
//   curve=VIEW  history=CHAIN.TABLE.SIZE  flame=NUMBER  arm=cost|on|off  frame=NUMBER
"use strict";
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const page = document.getElementById("page"), tip = document.getElementById("tip");
const MARKS = { regression: "\u2717", inconclusive: "?", pass: "\u2713", improved: "\u2713", ignored: "\u2013" };
const DASHES = ["", "7 4", "2 3", "9 3 2 3", "12 4", "4 2", "1 4", "8 2 2 2 2 2"];
let view;

// Names are strangers' words: they only ever become text.
function add(parent, tag, attributes, text) {
	const node = parent.appendChild(document.createElement(tag));
	for (const [name, value] of Object.entries(attributes || {}))
		node.setAttribute(name, value);
	if (text !== undefined)
		node.textContent = text;
	return node;
}

function go(changes) {
	for (const [name, value] of Object.entries(changes))
		if (value === null)
			view.delete(name);
		else
			view.set(name, value);
	history.replaceState(null, "", "#" + view);
	render();
}

function choice(parent, label, name, options, chosen, more) {
	const group = add(parent, "div", { class: "controls", role: "group", "aria-label": label });
	for (const [key, title] of options)
		add(group, "button", { "aria-pressed": key === chosen, "data-key": `${name}=${key}` }, title)
			.addEventListener("click", () => go({ [name]: key, ...more }));
}

// @groups: [[title, [[key, text], ...]], ...]
function pick(parent, label, name, groups, chosen, more) {
	const box = add(parent, "label", { class: "controls" }, label + " ");
	const select = add(box, "select", { "data-key": name });
	for (const [title, options] of groups) {
		const group = title ? add(select, "optgroup", { label: title }) : select;
		for (const [key, text] of options)
			add(group, "option", { value: key, ...(key === chosen ? { selected: "" } : {}) }, text);
	}
	select.addEventListener("change", () => go({ [name]: select.value, ...more }));
}

// What is known of a thing, while the pointer or the focus is on it.
function tells(node, text) {
	const show = () => {
		tip.textContent = text();
		tip.hidden = false;
		const at = node.getBoundingClientRect(), room = document.documentElement.clientWidth;
		const below = at.bottom + 6 + tip.offsetHeight < innerHeight;
		tip.style.left = Math.max(8, Math.min(at.left, room - tip.offsetWidth - 8)) + scrollX + "px";
		tip.style.top = (below ? at.bottom + 6 : Math.max(4, at.top - tip.offsetHeight - 6)) + scrollY + "px";
		node.setAttribute("aria-describedby", "tip");
	};
	const hide = () => {
		tip.hidden = true;
		node.removeAttribute("aria-describedby");
	};
	for (const event of ["mouseenter", "focus"])
		node.addEventListener(event, show);
	for (const event of ["mouseleave", "blur"])
		node.addEventListener(event, hide);
}

// One of @nodes takes the tab key; arrows go on from there.
function arrows(nodes, step) {
	nodes.forEach((node, i) => {
		node.setAttribute("tabindex", i ? -1 : 0);
		node.addEventListener("keydown", event => {
			const next = nodes[step(event.key, i)];
			if (!next)
				return;
			event.preventDefault();
			node.setAttribute("tabindex", -1);
			next.setAttribute("tabindex", 0);
			next.focus();
		});
	});
}

const byColumns = columns => (key, i) => ({
	ArrowUp: i - columns, ArrowDown: i + columns,
	ArrowLeft: i % columns ? i - 1 : -1,
	ArrowRight: (i + 1) % columns ? i + 1 : -1,
})[key];
const byLine = (key, i) => ({ ArrowLeft: i - 1, ArrowRight: i + 1 })[key];

const kernelName = k => data.kernels[k].name;
const tableName = t => [t.topology, t.bench, t.instrument].filter(Boolean).join(", ");
const figureOf = () => Math.max(0, data.figures.findIndex(f => f.key === view.get("show")));

function unitOf(table, figure) {
	return figure ? `${data.figures[figure].title}, ${table.unit} per ${table.per}` : data.figures[0].title;
}

function about(table, row, column) {
	const cell = row.cells[column], k = data.kernels[row.kernel];
	return `${k.name}, ${tableName(table)}, ${table.sizes[column]} B\n${cell.lines}\n\n${k.name}: ${k.lines}`;
}

function cellAt(table, kernel, size) {
	const row = table.rows.find(r => r.kernel === kernel);
	return row && row.cells[table.sizes.indexOf(size)];
}

// ------------------------------------------------------------------ tables

const open = new Set(data.tables.slice(0, 6).keys());

function sorted(table) {
	const wanted = view.get("sort") || "", down = wanted[0] === "-", key = wanted.replace("-", "");
	const column = table.sizes.indexOf(+key), figure = figureOf();
	if (key !== "kernel" && column < 0)
		return table.rows;
	const value = r => key === "kernel" ? kernelName(r.kernel) : r.cells[column].values[figure];
	const there = table.rows.filter(r => value(r) !== null);
	there.sort((a, b) => (down ? d3.descending : d3.ascending)(value(a), value(b)));
	return [...there, ...table.rows.filter(r => value(r) === null)];
}

function sortHead(row, key, title) {
	const wanted = view.get("sort"), down = wanted === "-" + key, up = wanted === key;
	const head = add(row, "th", { scope: "col", "aria-sort": up ? "ascending" : down ? "descending" : "none" });
	add(head, "button", { "data-key": "sort=" + key, title: "sort by this column" },
		title + (up ? " \u25b2" : down ? " \u25bc" : "")).addEventListener("click",
		() => go({ sort: up ? "-" + key : down ? null : key, cell: null }));
}

function drawTable(parent, number) {
	const table = data.tables[number], figure = figureOf(), cells = [];
	const box = add(parent, "div", { class: "wide" });
	const grid = add(box, "table", { id: "table-" + number, "aria-label": tableName(table) });
	const head = add(add(grid, "thead"), "tr"), body = add(grid, "tbody");
	sortHead(head, "kernel", "size, B");
	table.sizes.forEach(size => sortHead(head, String(size), String(size)));
	for (const row of sorted(table)) {
		const line = add(body, "tr"), k = data.kernels[row.kernel];
		add(line, "th", { scope: "row", title: k.subject || k.name }, k.name);
		row.cells.forEach((cell, column) => {
			const node = add(line, "td", cell.values[figure] === null ? { class: "none" } : {}, cell.texts[figure]);
			const place = [number, row.kernel, column].join(".");
			node.dataset.cell = place;
			tells(node, () => about(table, row, column));
			node.addEventListener("focus", () => {
				view.set("cell", place);
				history.replaceState(null, "", "#" + view);
			});
			cells.push(node);
		});
	}
	arrows(cells, byColumns(table.sizes.length || 1));
}

function tables(parent) {
	const used = data.figures.filter((f, i) => data.tables.some(t => t.rows.some(r => r.cells.some(c => c.values[i] !== null))));
	choice(parent, "What the tables show", "show", used.map(f => [f.key, f.title]), data.figures[figureOf()].key);
	add(parent, "p", { class: "soft" }, "A column's head sorts. The pointer on a cell, or the focus (Tab, then arrows), shows its proof and where it comes from.");
	data.tables.forEach((table, number) => {
		const box = add(parent, "details", open.has(number) ? { open: "" } : {});
		box.addEventListener("toggle", () => box.open ? open.add(number) : open.delete(number));
		add(box, "summary", { "data-key": "table " + number }, tableName(table));
		if (table.sizes.length) {
			add(box, "p", { class: "soft" }, unitOf(table, figureOf()));
			drawTable(box, number);
		} else {
			add(box, "p", { class: "none" }, "nothing was measured");
		}
	});
}

// ------------------------------------------------------------------ curves

// @lines: [{name, points: [{x, y, text, hollow}], path: [[x, y], ...]}]
function plot(parent, { x, xTitle, yTitle, lines, marks, ordinal, labels }) {
	const width = Math.max(280, parent.clientWidth), long = ordinal ? d3.max(labels, l => l.length) : 0;
	const turned = ordinal && long * 7 * labels.length > width - 80;
	const margin = { top: 28, right: 18, bottom: turned ? Math.min(170, 26 + long * 5) : 44, left: 64 };
	const height = Math.min(420, width * .62) + margin.bottom - 44;
	const svg = d3.select(parent).append("svg").attr("width", width).attr("height", height)
		.attr("role", "group").attr("aria-label", `${yTitle}, against ${xTitle}`);
	const ys = lines.flatMap(l => [...l.points.map(p => p.y), ...l.path.map(p => p[1])]);
	const low = d3.min(ys), high = d3.max(ys), wide = low > 0 && high / low > 30;
	const flat = low === high ? Math.abs(high) * .02 || 1 : (high - low) * .06;
	const yScale = (wide ? d3.scaleLog().domain([low * .85, high * 1.2]) : d3.scaleLinear()
		.domain(ordinal ? [low - flat, high + flat] : [Math.min(0, low), high + flat])).range([height - margin.bottom, margin.top]);
	const xs = d3.extent(x);
	const xScale = ordinal ? d3.scalePoint(x, [margin.left, width - margin.right]).padding(.4) :
		d3.scaleLog(xs[0] === xs[1] ? [xs[0] / 2, xs[0] * 2] : xs, [margin.left + 12, width - margin.right - 8]);
	const shown = [];
	for (const value of ordinal ? [] : [...x].sort(d3.ascending))
		if (!shown.length || xScale(value) - xScale(shown[shown.length - 1]) > 34)
			shown.push(value);
	const yAxis = d3.axisLeft(yScale).ticks(wide ? 4 : 6, wide ? "~s" : undefined);
	svg.append("g").attr("class", "grid").attr("transform", `translate(${margin.left},0)`)
		.call(d3.axisLeft(yScale).ticks(wide ? 4 : 6).tickSize(margin.left + margin.right - width).tickFormat(""));
	svg.append("g").attr("class", "axis").attr("transform", `translate(${margin.left},0)`).call(yAxis);
	const bottom = svg.append("g").attr("class", "axis").attr("transform", `translate(0,${height - margin.bottom})`)
		.call(ordinal ? d3.axisBottom(xScale).tickFormat(i => labels[i]) :
			d3.axisBottom(xScale).tickValues(shown).tickFormat(d3.format("d")));
	if (turned)
		bottom.selectAll("text").attr("transform", "rotate(-35)").attr("text-anchor", "end").attr("dx", "-.5em").attr("dy", ".4em");
	svg.append("text").attr("x", 4).attr("y", 14).text(yTitle + (wide ? " (log scale)" : ""));
	if (!ordinal)
		svg.append("text").attr("x", width - margin.right).attr("y", height - 6).attr("text-anchor", "end").text(xTitle);
	for (const mark of marks || []) {
		const at = (xScale(mark.from) + xScale(mark.to)) / 2;
		svg.append("line").attr("class", "step").attr("x1", at).attr("x2", at).attr("y1", margin.top).attr("y2", height - margin.bottom);
		svg.append("text").attr("x", at).attr("y", margin.top - 2).attr("text-anchor", "middle").text(mark.text);
	}
	const nodes = [];
	lines.forEach((line, i) => {
		const group = svg.append("g").attr("class", "series"), colour = `var(--s${i % 8})`;
		group.append("path").style("stroke", colour).style("stroke-dasharray", DASHES[i % 8])
			.attr("d", d3.line().x(p => xScale(p[0])).y(p => yScale(p[1]))(line.path));
		for (const p of line.points) {
			const node = group.append("path").attr("class", "point").style("stroke", colour)
				.style("fill", p.hollow ? "var(--back)" : colour).attr("role", "img").attr("aria-label", p.text.split("\n")[0])
				.attr("d", d3.symbol().type(d3.symbols[i % 7]).size(60)())
				.attr("transform", `translate(${xScale(p.x)},${yScale(p.y)})`).node();
			tells(node, () => p.text);
			nodes.push(node);
		}
	});
	arrows(nodes, byLine);
	if (lines.length < 2)
		return;
	const legend = d3.select(parent).append("ul").attr("class", "legend");
	lines.forEach((line, i) => {
		const item = legend.append("li"), glyph = item.append("svg").attr("width", 40).attr("height", 14).attr("aria-hidden", true);
		glyph.append("path").attr("d", "M1,7H39").style("stroke", `var(--s${i % 8})`).style("stroke-dasharray", DASHES[i % 8]);
		glyph.append("path").attr("transform", "translate(20,7)").style("fill", `var(--s${i % 8})`).attr("d", d3.symbol().type(d3.symbols[i % 7]).size(60)());
		item.append("span").text(line.name);
	});
}

const plain = t => t.place && !t.place.empty && !t.place.memory;
const kindOf = t => [t.bench, t.instrument].join(", ");

// [{key, group, title, axis, tables or table, size, at, fit}], all that have three points.
function curveViews() {
	const views = [];
	for (const kind of new Set(data.tables.filter(t => t.sizes.length).map(kindOf))) {
		const alike = data.tables.filter(t => kindOf(t) === kind);
		for (const size of [...new Set(alike.flatMap(t => t.sizes))].sort(d3.ascending)) {
			const has = alike.filter(t => plain(t) && t.sizes.includes(size));
			const over = (group, axis, tables, at, key, title, fit) => {
				if (new Set(tables.map(at)).size > 2)
					views.push({ key, group, title: `${kind}, ${size} B${title}`, axis, size, tables, at, fit });
			};
			over("over CPUs", "possible CPUs", has.filter(t => t.place.nodes === 1), t => t.place.cpus,
				`cpus ${kind} ${size}`, ", 1 node", f => f.by_cpus);
			for (const cpus of new Set(has.map(t => t.place.cpus)))
				over("over nodes", "nodes", has.filter(t => t.place.cpus === cpus), t => t.place.nodes,
					`nodes ${kind} ${size} ${cpus}`, `, ${cpus} CPUs`, f => f.by_nodes.filter(p => p[0] === cpus).map(p => [p[1], p[2]]));
		}
	}
	data.tables.forEach((t, i) => {
		if (t.sizes.length > 1)
			views.push({ key: "size " + i, group: "over sizes", title: tableName(t), axis: "object size, bytes", table: t });
	});
	return views;
}

function curveLines(v, figure) {
	const table = v.table || v.tables[0];
	return data.kernels.map((k, kernel) => {
		const fit = !v.table && table.unit !== "us" && data.fits.find(f => f.kernel === k.name &&
			f.bench === table.bench && f.instrument === table.instrument && f.param === v.size);
		const held = new Set(fit ? fit.points.filter(p => p.held_out).map(p => p.topology) : []);
		const points = (v.table ? v.table.sizes.map(size => [v.table, size, size]) : v.tables.map(t => [t, v.size, v.at(t)]))
			.map(([t, size, x]) => ({ t, size, x, cell: cellAt(t, kernel, size) }))
			.filter(p => p.cell && p.cell.values[figure] !== null)
			.map(p => ({
				x: p.x, y: p.cell.values[figure], hollow: held.has(p.t.topology),
				text: `${k.name}, ${p.t.topology}, ${p.size} B: ${p.cell.texts[figure]}${held.has(p.t.topology) ? " (not used for the fit)" : ""}\n${p.cell.lines}`,
			})).sort((a, b) => d3.ascending(a.x, b.x));
		const most = d3.max(points, p => p.x), fitted = fit && figure === 1 && fit.verdict !== "fails";
		const path = (fitted ? v.fit(fit).filter(p => p[0] <= most) : points.map(p => [p.x, p.y])).sort((a, b) => d3.ascending(a[0], b[0]));
		// Several nodes are another machine than one: no line goes there.
		return { name: k.name, points, fitted, path: path.filter(p => v.group !== "over nodes" || p[0] > 1) };
	}).filter(l => l.points.length);
}

function curves(parent) {
	const views = curveViews(), figure = figureOf();
	const v = views.find(w => w.key === view.get("curve")) || views[0];
	const groups = ["over CPUs", "over nodes", "over sizes"].map(g => [g, views.filter(w => w.group === g).map(w => [w.key, w.title])]);
	pick(parent, "Curve", "curve", groups.filter(g => g[1].length), v.key);
	const lines = curveLines(v, figure);
	if (!lines.length) {
		add(parent, "p", { class: "none" }, "no cell has this number");
		return;
	}
	plot(add(parent, "div"), {
		x: [...new Set(lines.flatMap(l => l.points.map(p => p.x)))], xTitle: v.axis, yTitle: unitOf(v.table || v.tables[0], figure), lines,
	});
	if (lines.some(l => l.fitted))
		add(parent, "p", { class: "soft" }, "Lines: the fits of 'pcpubench fit'. Hollow marks were not used for them.");
}

// ----------------------------------------------------------------- history

function historyRows(chain, number, size, figure) {
	const table = data.tables[number], quantity = [, "cost", "off"][figure];
	return chain.kernels.map((kernel, i) => {
		const step = i && chain.steps[i - 1], cell = cellAt(table, kernel, size);
		const change = step && quantity && step.changes.find(c => c.table === number && c.size === size);
		return { kernel, cell, step, change: change && change[quantity] };
	});
}

function histories(parent) {
	const groups = data.history.map((chain, i) => [chain.name, data.tables.flatMap((t, n) => t.sizes.filter(size =>
		chain.kernels.filter(k => cellAt(t, k, size)).length > 1).map(size => [[i, n, size].join("."), `${tableName(t)}, ${size} B`]))])
		.filter(g => g[1].length);
	const keys = groups.flatMap(g => g[1].map(o => o[0]));
	if (!keys.length) {
		add(parent, "p", { class: "none" }, "no cell was measured on two of the builds");
		return;
	}
	const chosen = keys.includes(view.get("history")) ? view.get("history") : keys[0];
	// Steps are of amounts: a percentage also moves with off.
	const [c, number, size] = chosen.split(".").map(Number), figure = figureOf() || 1;
	const rows = historyRows(data.history[c], number, size, figure), table = data.tables[number];
	pick(parent, "Cell", "history", groups, chosen);
	const label = r => data.kernels[r.kernel].name;
	const points = rows.map((r, i) => ({ r, i })).filter(p => p.r.cell && p.r.cell.values[figure] !== null).map(({ r, i }) => ({
		x: i, y: r.cell.values[figure], text: `${label(r)}: ${r.cell.texts[figure]}\n${r.cell.lines}\n\n${data.kernels[r.kernel].lines}`,
	}));
	const moved = rows.map((r, i) => ({ r, i })).filter(p => p.r.change && p.r.change.step);
	if (points.length)
		plot(add(parent, "div"), {
			x: rows.map((r, i) => i), labels: rows.map(label), ordinal: true, xTitle: "builds", yTitle: unitOf(table, figure),
			lines: [{ name: "", points, path: points.map(p => [p.x, p.y]) }],
			marks: moved.map(p => ({ from: p.i - 1, to: p.i, text: p.r.change.amount })),
		});
	const grid = add(add(parent, "div", { class: "wide" }), "table", { id: "history", "aria-label": "history" });
	const head = add(add(grid, "thead"), "tr"), body = add(grid, "tbody");
	for (const [title, kind] of [["build", "text"], ["Linux", "text"], [unitOf(table, figure), ""], ["since the one before", "text"]])
		add(head, "th", { scope: "col", class: "plain " + kind }, title);
	for (const r of rows) {
		const line = add(body, "tr"), k = data.kernels[r.kernel];
		add(line, "th", { scope: "row", title: k.subject || k.name }, k.name);
		add(line, "td", { class: "text" }, [k.release, k.commit.slice(0, 12)].filter(Boolean).join(", "));
		add(line, "td", {}, r.cell ? r.cell.texts[figure] : "-");
		const unlike = r.step ? r.step.unlike : [];
		add(line, "td", { class: "long" }, [r.change && `${r.change.step ? "\u25c6 step, " : ""}${r.change.verdict}${r.change.text && ": " + r.change.text}`,
			k.subject, unlike.length && `not alike: ${unlike.join("; ")}`].filter(Boolean).join(". "));
	}
}

// ------------------------------------------------------------------ flames

function flames(parent) {
	const title = f => `${f.kernel}, ${f.topology}, ${f.bench} ${f.param} B`;
	const number = Math.min(Math.max(0, +view.get("flame") || 0), data.flames.length - 1), cell = data.flames[number];
	const arm = ["on", "off"].includes(view.get("arm")) ? view.get("arm") : "cost", ROW = 19;
	pick(parent, "Cell", "flame", [["", data.flames.map((f, i) => [String(i), title(f)])]], String(number), { frame: null });
	choice(parent, "Instructions of", "arm", [["cost", "on - off"], ["on", "on"], ["off", "off"]], arm, { frame: null });
	const total = d3.sum(cell.calls, c => c.self[arm]);
	const root = d3.stratify().id(c => c.id).parentId(c => c.parent)([{ id: "all" },
		...cell.calls.map((c, i) => ({ ...c, id: String(i), parent: c.parent < 0 ? "all" : String(c.parent) }))]);
	// The place that a frame takes: of what accounting saves none.
	root.eachAfter(n => {
		n.value = Math.max(n.data.whole ? n.data.whole[arm] : 0, d3.sum(n.children || [], c => c.value), 0);
	});
	const box = add(parent, "div"), width = Math.max(280, box.clientWidth), height = root.height * ROW;
	d3.partition().size([width, height + ROW])(root);
	const focus = root.descendants().find(n => n.id === view.get("frame")) || root;
	const x = d3.scaleLinear([focus.x0, focus.x1], [0, width]);
	const nodes = root.descendants().filter(n => n !== root && n.value > 0 && n.x1 > focus.x0 && n.x0 < focus.x1 &&
		Math.min(width, x(n.x1)) - Math.max(0, x(n.x0)) > .5);
	const share = n => total ? `, ${(100 * n.data.whole[arm] / total).toFixed(1)} %` : "";
	const text = n => `${n.data.function}\n${n.data.whole[arm].toFixed(1)} ${cell.unit} per operation${share(n)}\n${n.data.self[arm].toFixed(1)} in itself\noff ${n.data.whole.off.toFixed(1)}, on ${n.data.whole.on.toFixed(1)}`;
	const svg = d3.select(box).append("svg").attr("id", "flame").attr("width", width).attr("height", height + 2)
		.attr("role", "group").attr("aria-label", `calls of ${title(cell)}`);
	const drawn = nodes.map(n => {
		const left = Math.max(0, x(n.x0)), wide = Math.min(width, x(n.x1)) - left;
		const group = svg.append("g").attr("class", "frame").attr("role", "button").attr("data-frame", n.id)
			.attr("aria-label", text(n).split("\n").slice(0, 2).join(": ")).attr("transform", `translate(${left},${height - n.depth * ROW + 1})`);
		group.append("rect").attr("width", wide).attr("height", ROW - 1).attr("rx", 2)
			.style("fill", n.data.whole.cost < 0 ? "var(--less)" : `var(--f${d3.sum(n.data.function, c => c.charCodeAt(0)) % 5})`);
		const room = Math.floor((wide - 6) / 6.7), name = n.data.function;
		if (room > 2)
			group.append("text").attr("x", 4).attr("y", 13).text(name.length > room ? name.slice(0, room - 1) + "\u2026" : name);
		const zoom = () => go({ frame: n === focus ? n.parent === root ? null : n.parent.id : n.id });
		group.on("click", zoom).node().addEventListener("keydown", event => {
			if (event.key === "Enter" || event.key === " ") {
				event.preventDefault();
				zoom();
			}
		});
		tells(group.node(), () => text(n));
		return group.node();
	});
	const index = n => nodes.indexOf(n), beside = (n, by) => {
		const row = nodes.filter(m => m.depth === n.depth).sort((a, b) => a.x0 - b.x0);
		return index(row[row.indexOf(n) + by]);
	};
	arrows(drawn, (key, i) => ({
		ArrowUp: index((nodes[i].children || []).find(c => index(c) >= 0)), ArrowDown: index(nodes[i].parent),
		ArrowLeft: beside(nodes[i], -1), ArrowRight: beside(nodes[i], 1),
	})[key]);
	add(parent, "p", { class: "soft" }, "A frame is as wide as what a function takes with all that it calls. A click or Enter zooms, again or Escape goes back; arrows go from frame to frame.");
}

// -------------------------------------------------------------------- rest

function gate(parent) {
	add(parent, "p", { class: data.gate.exit === 1 ? "regression" : data.gate.exit ? "inconclusive" : "pass" }, "gate: " + data.gate.summary);
	const grid = add(add(parent, "div", { class: "wide" }), "table", { id: "gate-table", "aria-label": "checks" });
	const head = add(add(grid, "thead"), "tr"), body = add(grid, "tbody");
	for (const title of ["verdict", "check", "figures"])
		add(head, "th", { scope: "col", class: "plain text" }, title);
	const order = Object.keys(MARKS);
	for (const check of [...data.gate.checks].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))) {
		const line = add(body, "tr");
		add(line, "td", { class: check.state }, `${MARKS[check.state] || "?"} ${check.state}`);
		add(line, "td", { class: "long" }, check.name);
		add(line, "td", { class: "long" }, check.text);
	}
	const notes = add(parent, "ul");
	for (const note of data.gate.notes)
		add(notes, "li", {}, `${note.about}: ${note.text}`);
}

function repeat(parent) {
	for (const run of data.runs) {
		add(parent, "p", {}, `run ${run.id}, started ${run.started}${run.ended ? "" : ", interrupted before its end"}`);
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
].filter(s => s[3]);

// What had the focus has it again, drawn anew.
function render() {
	const focused = document.activeElement, key = focused && focused.dataset.key, frame = focused && focused.dataset.frame;
	const top = scrollY;
	tip.hidden = true;
	page.textContent = "";
	const names = data.kernels.map(k => k.name);
	add(page, "h1", {}, "What accounting costs: " + (names.length > 8 ? names.slice(0, 8).join(", ") + ", \u2026" : names.join(", ")));
	add(page, "p", { class: "soft" }, `Percpu memory, accounting off and on in the same boot. Written by pcpubench ${data.tool}.`);
	const nav = add(page, "nav", { "aria-label": "sections" });
	for (const [id, title] of sections)
		add(nav, "a", { href: "#" + id }, title).addEventListener("click", event => {
			event.preventDefault();
			document.getElementById(id).scrollIntoView();
		});
	for (const [id, title, draw] of sections) {
		const section = add(page, "section", { id });
		add(section, "h2", {}, title);
		draw(section);
	}
	scrollTo(0, top);
	const same = [...page.querySelectorAll("[data-key], [data-frame]")].find(n => key ? n.dataset.key === key : frame && n.dataset.frame === frame);
	if (same)
		same.focus({ preventScroll: true });
}

function arrive() {
	view = new URLSearchParams(location.hash.slice(1));
	if (view.get("cell"))
		open.add(parseInt(view.get("cell"), 10));
	render();
	const cell = view.get("cell") && [...page.querySelectorAll("[data-cell]")].find(n => n.dataset.cell === view.get("cell"));
	if (cell)
		cell.focus();
}

document.title = "pcpubench: " + data.kernels.map(k => k.name).join(", ").slice(0, 100);
document.addEventListener("keydown", event => {
	if (event.key !== "Escape")
		return;
	tip.hidden = true;
	if (view.get("frame"))
		go({ frame: null });
});
let wide = innerWidth;
addEventListener("resize", () => {
	if (innerWidth !== wide)
		render();
	wide = innerWidth;
});
addEventListener("hashchange", arrive);
arrive();
})();
