// SPDX-License-Identifier: GPL-2.0-or-later
// Curves over sizes, CPUs and nodes.

const DASHES = ["", "7 4", "2 3", "9 3 2 3", "12 4", "4 2", "1 4", "8 2 2 2 2 2"];
const colourOf = i => `var(--s${i % DASHES.length})`;
const markOf = i => d3.symbol().type(d3.symbols[i % d3.symbols.length]).size(60)();
const WIDE = 30;	// from here on the axis is logarithmic

// An axis of sizes, CPUs or nodes has each number where there is room.
function numbersAxis(x, left, right) {
	const [low, high] = d3.extent(x);
	const scale = d3.scaleLog().domain(low === high ? [low / 2, low * 2] : [low, high])
		.range([left + 12, right - 8]);
	const shown = [];
	for (const value of [...x].sort(d3.ascending))
		if (!shown.length || scale(value) - scale(shown[shown.length - 1]) > 34)
			shown.push(value);
	return [scale, d3.axisBottom(scale).tickValues(shown).tickFormat(d3.format("d"))];
}

function namesAxis(labels, left, right) {
	const scale = d3.scalePoint().domain(d3.range(labels.length)).range([left, right]).padding(.4);
	return [scale, d3.axisBottom(scale).tickFormat(i => labels[i])];
}

function amountsAxis(values, bottom, top, fromZero) {
	const low = d3.min(values), high = d3.max(values), log = low > 0 && high / low > WIDE;
	const room = low === high ? Math.abs(high) * .02 || 1 : (high - low) * .06;
	const domain = log ? [low * .85, high * 1.2] :
		[fromZero ? Math.min(0, low) : low - room, high + room];
	const scale = (log ? d3.scaleLog() : d3.scaleLinear()).domain(domain).range([bottom, top]);
	return [scale, d3.axisLeft(scale).ticks(log ? 4 : 6, log ? "~s" : undefined), log];
}

// @lines: [{name, points: [{x, y, text, hollow}], path: [[x, y], ...]}]
// @labels: names of 0, 1, ... on the axis, which has numbers without
// @steps: [{after, text}]: a line before the next place
function plot(parent, { xTitle, yTitle, lines, labels, steps }) {
	const width = Math.max(280, parent.clientWidth), left = 64, right = width - 18, top = 34;
	const long = labels ? d3.max(labels, l => l.length) : 0;
	const turned = labels && long * 7 * labels.length > right - left;
	const bottom = Math.min(420, width * .62) - 44;
	const height = bottom + (turned ? Math.min(170, 26 + long * 5) : 44);
	const points = lines.flatMap(l => l.points);
	const [x, xAxis] = labels ? namesAxis(labels, left, right) :
		numbersAxis(new Set(points.map(p => p.x)), left, right);
	const values = [...points.map(p => p.y), ...lines.flatMap(l => l.path.map(p => p[1]))];
	const [y, yAxis, log] = amountsAxis(values, bottom, top, !labels);

	const svg = shape(d3.select(parent), "svg", { width, height, role: "group",
		"aria-label": `${yTitle}, against ${xTitle}` });
	shape(svg, "g", { class: "grid", transform: `translate(${left},0)` })
		.call(d3.axisLeft(y).ticks(log ? 4 : 6).tickSize(left - right).tickFormat(""));
	shape(svg, "g", { class: "axis", transform: `translate(${left},0)` }).call(yAxis);
	const names = shape(svg, "g", { class: "axis", transform: `translate(0,${bottom})` }).call(xAxis);
	if (turned)
		names.selectAll("text").attr("transform", "rotate(-35)").attr("text-anchor", "end")
			.attr("dx", "-.5em").attr("dy", ".4em");
	shape(svg, "text", { x: 4, y: 13 }).text(yTitle + (log ? " (log scale)" : ""));
	if (!labels)
		shape(svg, "text", { x: right, y: height - 6, "text-anchor": "end" }).text(xTitle);
	for (const step of steps || []) {
		const at = (x(step.after) + x(step.after + 1)) / 2;
		shape(svg, "line", { class: "step", x1: at, x2: at, y1: top, y2: bottom });
		shape(svg, "text", { x: at, y: top - 2, "text-anchor": "middle" }).text(step.text);
	}
	drawLines(svg, lines, x, y);
	if (lines.length > 1)
		legend(parent, lines);
}

function drawLines(svg, lines, x, y) {
	const marks = [];
	lines.forEach((line, i) => {
		const group = shape(svg, "g", { class: "series" });
		group.append("path").style("stroke", colourOf(i)).style("stroke-dasharray", DASHES[i % 8])
			.attr("d", d3.line().x(p => x(p[0])).y(p => y(p[1]))(line.path));
		for (const p of line.points) {
			const mark = shape(group, "path", { class: "point", d: markOf(i), role: "img",
				"aria-label": p.text.split("\n")[0], transform: `translate(${x(p.x)},${y(p.y)})` })
				.style("stroke", colourOf(i)).style("fill", p.hollow ? "var(--back)" : colourOf(i));
			tells(mark.node(), () => p.text);
			marks.push(mark.node());
		}
	});
	arrows(marks, (key, i) => ({ ArrowLeft: i - 1, ArrowRight: i + 1 })[key]);
}

function legend(parent, lines) {
	const list = shape(d3.select(parent), "ul", { class: "legend" });
	lines.forEach((line, i) => {
		const item = list.append("li");
		const key = shape(item, "svg", { width: 40, height: 14, "aria-hidden": true });
		shape(key, "path", { d: "M1,7H39" }).style("stroke", colourOf(i))
			.style("stroke-dasharray", DASHES[i % 8]);
		shape(key, "path", { d: markOf(i), transform: "translate(20,7)" }).style("fill", colourOf(i));
		item.append("span").text(line.name);
	});
}

// ------------------------------------------------------------------- views

const OVER = ["over CPUs", "over nodes", "over sizes"];
const kindOf = t => [t.bench, t.instrument].join(", ");

// Views of one bench and size: over CPUs on one node, and for each number of CPUs
// over nodes; at least three of them.
function machineViews(kind, size) {
	const all = data.tables.filter(t => kindOf(t) === kind && t.sizes.includes(size) &&
		t.place && !t.place.empty && !t.place.memory);
	const views = [{
		key: `cpus ${kind} ${size}`, group: OVER[0], title: `${kind}, ${size} B, 1 node`,
		axis: "possible CPUs", tables: all.filter(t => t.place.nodes === 1),
		at: t => t.place.cpus, fit: f => f.by_cpus,
	}];
	for (const cpus of new Set(all.map(t => t.place.cpus)))
		views.push({
			key: `nodes ${kind} ${size} ${cpus}`, group: OVER[1],
			title: `${kind}, ${size} B, ${cpus} CPUs`,
			axis: "nodes", tables: all.filter(t => t.place.cpus === cpus), at: t => t.place.nodes,
			fit: f => f.by_nodes.filter(p => p[0] === cpus).map(p => [p[1], p[2]]),
		});
	return views.filter(v => new Set(v.tables.map(v.at)).size > 2)
		.map(v => ({ size, sizes: [size], ...v }));
}

function curveViews() {
	const measured = data.tables.filter(t => t.sizes.length), views = [];
	for (const kind of new Set(measured.map(kindOf))) {
		const sizes = measured.filter(t => kindOf(t) === kind).flatMap(t => t.sizes);
		for (const size of [...new Set(sizes)].sort(d3.ascending))
			views.push(...machineViews(kind, size));
	}
	data.tables.forEach((t, i) => {
		if (t.sizes.length > 1)
			views.push({ key: "size " + i, group: OVER[2], title: tableName(t),
				axis: "object size, bytes", tables: [t], sizes: t.sizes, at: (_, size) => size });
	});
	return views;
}

// The fit of a kernel's amounts over these machines.
function fitOf(v, kernel) {
	const table = v.tables[0];
	return v.fit && table.unit !== "us" && data.fits.find(f => f.kernel === kernel &&
		f.bench === table.bench && f.instrument === table.instrument && f.param === v.size);
}

function curveLine(v, kernel, figure) {
	const k = data.kernels[kernel], fit = fitOf(v, k.name), points = [];
	const held = fit ? fit.points.filter(p => p.held_out).map(p => p.topology) : [];
	for (const table of v.tables)
		for (const size of v.sizes) {
			const cell = cellAt(table, kernel, size), hollow = held.includes(table.topology);
			if (!cell || cell.values[figure] === null)
				continue;
			const where = `${k.name}, ${table.topology}, ${size} B: ${cell.texts[figure]}`;
			points.push({ x: v.at(table, size), y: cell.values[figure], hollow,
				text: `${where}${hollow ? ", not used for the fit" : ""}\n${cell.lines}` });
		}
	points.sort((a, b) => d3.ascending(a.x, b.x));
	const most = d3.max(points, p => p.x), fitted = fit && figure === COST && fit.verdict !== "fails";
	let path = fitted ? v.fit(fit).filter(p => p[0] <= most) : points.map(p => [p.x, p.y]);
	// Several nodes are another machine than one: no line goes there.
	if (v.group === OVER[1])
		path = path.filter(p => p[0] > 1);
	return { name: k.name, points, fitted, path: path.sort((a, b) => d3.ascending(a[0], b[0])) };
}

function curves(parent) {
	const views = curveViews(), figure = figureOf();
	const v = views.find(w => w.key === view.get("curve")) || views[0];
	const options = group => views.filter(w => w.group === group).map(w => [w.key, w.title]);
	pick(parent, "Curve", "curve", OVER.map(g => [g, options(g)]).filter(g => g[1].length), v.key);
	const lines = data.kernels.map((k, i) => curveLine(v, i, figure)).filter(l => l.points.length);
	if (!lines.length) {
		add(parent, "p", { class: "none" }, "no cell has this number");
		return;
	}
	plot(add(parent, "div"), { xTitle: v.axis, yTitle: unitOf(v.tables[0], figure), lines });
	if (lines.some(l => l.fitted))
		add(parent, "p", { class: "soft" },
			"Lines: the fits of 'pcpubench fit'. Hollow marks were not used for them.");
}
