// SPDX-License-Identifier: GPL-2.0-or-later
// The tables, as `report` prints them.

// Many tables are a long list: these are open.
const open = new Set(data.tables.slice(0, 6).keys());

// Cells without a number come last, both ways.
function sorted(table) {
	const wanted = view.get("sort") || "", key = wanted.replace("-", "");
	const order = wanted[0] === "-" ? d3.descending : d3.ascending;
	const column = table.sizes.indexOf(+key), figure = figureOf();
	if (key !== "kernel" && column < 0)
		return table.rows;
	const value = r => key === "kernel" ? data.kernels[r.kernel].name :
		r.cells[column].values[figure];
	const there = table.rows.filter(r => value(r) !== null);
	there.sort((a, b) => order(value(a), value(b)));
	return [...there, ...table.rows.filter(r => value(r) === null)];
}

// Up, down, and as it came.
function sortHead(row, key, title) {
	const up = view.get("sort") === key, down = view.get("sort") === "-" + key;
	const head = add(row, "th", { scope: "col" });
	head.setAttribute("aria-sort", up ? "ascending" : down ? "descending" : "none");
	const mark = up ? " \u25b2" : down ? " \u25bc" : "";
	add(head, "button", { "data-key": "sort=" + key, title: "sort by this column" }, title + mark)
		.addEventListener("click", () => go({ sort: up ? "-" + key : down ? null : key, cell: null }));
}

function drawTable(parent, number) {
	const table = data.tables[number], figure = figureOf(), cells = [];
	const [body, head] = grid(parent, { id: "table-" + number, "aria-label": tableName(table) }, []);
	sortHead(head, "kernel", "size, B");
	table.sizes.forEach(size => sortHead(head, String(size), String(size)));
	for (const row of sorted(table)) {
		const line = add(body, "tr"), k = data.kernels[row.kernel];
		add(line, "th", { scope: "row", title: k.subject || k.name }, k.name);
		row.cells.forEach((cell, column) => {
			const node = add(line, "td", {}, cell.texts[figure]);
			node.classList.toggle("none", cell.values[figure] === null);
			node.dataset.cell = [number, row.kernel, column].join(".");
			tells(node, () => about(table, row.kernel, table.sizes[column]));
			node.addEventListener("focus", () => remember({ cell: node.dataset.cell }));
			cells.push(node);
		});
	}
	const wide = table.sizes.length;
	arrows(cells, (key, i) => ({
		ArrowUp: i - wide, ArrowDown: i + wide,
		ArrowLeft: i % wide ? i - 1 : -1, ArrowRight: (i + 1) % wide ? i + 1 : -1,
	})[key]);
}

function tables(parent) {
	const cells = data.tables.flatMap(t => t.rows.flatMap(r => r.cells));
	const used = data.figures.filter((f, i) => cells.some(c => c.values[i] !== null));
	choice(parent, "What is shown", "show", used.map(f => [f.key, f.title]),
		data.figures[figureOf()].key);
	add(parent, "p", { class: "soft" }, "A column's head sorts. The pointer on a cell, or the " +
		"focus (Tab, then arrows), shows its proof and where it comes from.");
	data.tables.forEach((table, number) => {
		const box = add(parent, "details");
		box.open = open.has(number);
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
