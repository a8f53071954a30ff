// SPDX-License-Identifier: GPL-2.0-or-later
// The flame graph of a cell.

const ROW = 19, LETTER = 6.7;	// px
const ARMS = [["cost", "on - off"], ["on", "on"], ["off", "off"]];

// The tree of a cell's calls, each with the place that it takes: of what
// accounting saves none.
function callTree(calls, arm, width) {
	const named = calls.map((c, i) => ({ ...c, id: String(i), parent: c.parent < 0 ? "all" : c.parent }));
	const root = d3.stratify().id(c => c.id).parentId(c => c.parent)([{ id: "all" }, ...named]);
	root.eachAfter(n => {
		const whole = n.data.whole ? n.data.whole[arm] : 0;
		n.value = Math.max(whole, d3.sum(n.children || [], c => c.value), 0);
	});
	return d3.partition().size([width, (root.height + 1) * ROW])(root);
}

function frameText(n, cell, arm) {
	const { function: name, whole, self } = n.data, total = d3.sum(cell.calls, c => c.self[arm]);
	const share = total ? `, ${(100 * whole[arm] / total).toFixed(1)} %` : "";
	return `${name}\n${whole[arm].toFixed(1)} ${cell.unit} per operation${share}
${self[arm].toFixed(1)} in itself\noff ${whole.off.toFixed(1)}, on ${whole.on.toFixed(1)}`;
}

// Neighbours differ in shade; the shade has no meaning.
function frameColour({ function: name, whole }) {
	return whole.cost < 0 ? "var(--less)" : `var(--f${d3.sum(name, c => c.charCodeAt(0)) % 5})`;
}

function drawFrame(svg, n, left, width, top, text, zoom) {
	const group = shape(svg, "g", { class: "frame", role: "button", "data-frame": n.id,
		"aria-label": text.split("\n").slice(0, 2).join(": "), transform: `translate(${left},${top})` });
	shape(group, "rect", { width, height: ROW - 1, rx: 2 }).style("fill", frameColour(n.data));
	const room = Math.floor((width - 6) / LETTER), name = n.data.function;
	if (room > 2)
		shape(group, "text", { x: 4, y: 13 })
			.text(name.length > room ? name.slice(0, room - 1) + "\u2026" : name);
	group.on("click", zoom);
	onEnter(group.node(), zoom);
	tells(group.node(), () => text);
	return group.node();
}

// Up to the first callee, down to the caller, left and right in the same row.
function frameSteps(nodes) {
	const index = n => nodes.indexOf(n);
	const beside = (n, by) => {
		const row = nodes.filter(m => m.depth === n.depth).sort((a, b) => a.x0 - b.x0);
		return index(row[row.indexOf(n) + by]);
	};
	return (key, i) => ({
		ArrowUp: () => index((nodes[i].children || []).find(c => index(c) >= 0)),
		ArrowDown: () => index(nodes[i].parent),
		ArrowLeft: () => beside(nodes[i], -1),
		ArrowRight: () => beside(nodes[i], 1),
	}[key] || (() => -1))();
}

function flames(parent) {
	const title = f => `${f.kernel}, ${f.topology}, ${f.bench} ${f.param} B`;
	const cell = data.flames[view.get("flame")] || data.flames[0];
	const arm = ARMS.some(a => a[0] === view.get("arm")) ? view.get("arm") : ARMS[0][0];
	pick(parent, "Cell", "flame", [["", data.flames.map((f, i) => [String(i), title(f)])]],
		String(data.flames.indexOf(cell)), { frame: null });
	choice(parent, "Instructions of", "arm", ARMS, arm, { frame: null });

	const box = add(parent, "div"), width = Math.max(280, box.clientWidth);
	const root = callTree(cell.calls, arm, width), height = root.height * ROW;
	const focus = root.descendants().find(n => n.id === view.get("frame")) || root;
	const x = d3.scaleLinear().domain([focus.x0, focus.x1]).range([0, width]).clamp(true);
	const nodes = root.descendants().filter(n => n !== root && x(n.x1) - x(n.x0) > .5);
	const svg = shape(d3.select(box), "svg", { id: "flame", width, height: height + 2, role: "group",
		"aria-label": "calls of " + title(cell) });
	const up = focus.parent && focus.parent !== root ? focus.parent.id : null;
	const frames = nodes.map(n => drawFrame(svg, n, x(n.x0), x(n.x1) - x(n.x0),
		height - n.depth * ROW + 1, frameText(n, cell, arm), () => go({ frame: n === focus ? up : n.id })));
	arrows(frames, frameSteps(nodes));
	add(parent, "p", { class: "soft" }, "A frame is as wide as what a function takes with all that it " +
		"calls. A click or Enter zooms, again or Escape goes back; arrows go from frame to frame.");
}
