// SPDX-License-Identifier: GPL-2.0-or-later
// The history of a cell: builds in their order, and where it changed.

// [[chain's name, [["CHAIN.TABLE.SIZE", cell], ...]], ...]: what two builds have.
function historyCells() {
	return data.history.map((chain, i) => {
		const options = [];
		data.tables.forEach((table, number) => {
			for (const size of table.sizes)
				if (chain.kernels.filter(k => cellAt(table, k, size)).length > 1)
					options.push([[i, number, size].join("."), `${tableName(table)}, ${size} B`]);
		});
		return [chain.name, options];
	}).filter(group => group[1].length);
}

// For each build its cell, and what compare says of it and the build before.
function historyRows(chain, number, size, figure) {
	const quantity = { [COST]: "cost", [OFF]: "off" }[figure];
	return chain.kernels.map((kernel, i) => {
		const step = i ? chain.steps[i - 1] : { unlike: [], changes: [] };
		const change = step.changes.find(c => c.table === number && c.size === size);
		return { k: data.kernels[kernel], kernel, cell: cellAt(data.tables[number], kernel, size),
			unlike: step.unlike, change: change && change[quantity] };
	});
}

function changeText({ k, change, unlike }) {
	const parts = [];
	if (change)
		parts.push((change.step ? "\u25c6 step, " : "") + change.verdict +
			(change.text && ": " + change.text));
	if (k.subject)
		parts.push(k.subject);
	if (unlike.length)
		parts.push("not alike: " + unlike.join("; "));
	return parts.join(". ");
}

function histories(parent) {
	const groups = historyCells(), keys = groups.flatMap(g => g[1].map(o => o[0]));
	if (!keys.length) {
		add(parent, "p", { class: "none" }, "no cell was measured on two of the builds");
		return;
	}
	const chosen = keys.includes(view.get("history")) ? view.get("history") : keys[0];
	const [chain, number, size] = chosen.split(".").map(Number), table = data.tables[number];
	// Steps are of amounts: a percentage also moves with off.
	const figure = figureOf() || COST, rows = historyRows(data.history[chain], number, size, figure);
	pick(parent, "Cell", "history", groups, chosen);

	const points = [], steps = [];
	rows.forEach((r, i) => {
		if (r.cell && r.cell.values[figure] !== null)
			points.push({ x: i, y: r.cell.values[figure], text: about(table, r.kernel, size) });
		if (r.change && r.change.step)
			steps.push({ after: i - 1, text: r.change.amount });
	});
	if (points.length)
		plot(add(parent, "div"), {
			xTitle: "builds", yTitle: unitOf(table, figure), labels: rows.map(r => r.k.name), steps,
			lines: [{ name: "", points, path: points.map(p => [p.x, p.y]) }],
		});
	const [body] = grid(parent, { id: "history", "aria-label": "history" }, [["build", "text"],
		["Linux", "text"], [unitOf(table, figure), ""], ["since the one before", "text"]]);
	for (const r of rows) {
		const line = add(body, "tr");
		add(line, "th", { scope: "row", title: r.k.subject || r.k.name }, r.k.name);
		add(line, "td", { class: "text" },
			[r.k.release, r.k.commit.slice(0, 12)].filter(Boolean).join(", "));
		add(line, "td", {}, r.cell ? r.cell.texts[figure] : "-");
		add(line, "td", { class: "long" }, changeText(r));
	}
}
