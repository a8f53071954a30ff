// SPDX-License-Identifier: GPL-2.0-or-later
// The data of `pcpubench page`, the view, and what all parts are built from. Every
// number was computed by the program: the script only chooses among them. The view
// is in the address behind '#', so it can be linked:
//   show=percent|cost|off|locked  sort=[-]kernel|SIZE  cell=TABLE.KERNEL.COLUMN
//   curve=VIEW  history=CHAIN.TABLE.SIZE  flame=NUMBER  arm=cost|on|off  frame=NUMBER
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const page = document.getElementById("page");
const tip = document.getElementById("tip");
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

// The same for d3: an element of a picture.
function shape(parent, tag, attributes) {
	const node = parent.append(tag);
	for (const [name, value] of Object.entries(attributes))
		node.attr(name, value);
	return node;
}

function remember(changes) {
	for (const [name, value] of Object.entries(changes))
		if (value === null)
			view.delete(name);
		else
			view.set(name, value);
	history.replaceState(null, "", "#" + view);
}

function go(changes) {
	remember(changes);
	render();
}

// ---------------------------------------------------------------- controls

// @options: [[key, text], ...]. @more: what a choice changes besides.
function choice(parent, label, name, options, chosen, more) {
	const group = add(parent, "div", { class: "controls", role: "group", "aria-label": label });
	for (const [key, text] of options) {
		const button = add(group, "button", { "data-key": `${name}=${key}` }, text);
		button.setAttribute("aria-pressed", key === chosen);
		button.addEventListener("click", () => go({ [name]: key, ...more }));
	}
}

// @groups: [[title, options], ...]
function pick(parent, label, name, groups, chosen, more) {
	const box = add(parent, "label", { class: "controls" }, label + " ");
	const select = add(box, "select", { "data-key": name });
	for (const [title, options] of groups) {
		const group = title ? add(select, "optgroup", { label: title }) : select;
		for (const [key, text] of options)
			add(group, "option", { value: key }, text).toggleAttribute("selected", key === chosen);
	}
	select.addEventListener("change", () => go({ [name]: select.value, ...more }));
}

// A table in a box that scrolls, with these heads: [[text, class], ...]
function grid(parent, attributes, heads) {
	const table = add(add(parent, "div", { class: "wide" }), "table", attributes);
	const row = add(add(table, "thead"), "tr");
	for (const [text, kind] of heads)
		add(row, "th", { scope: "col", class: "plain " + kind }, text);
	return [add(table, "tbody"), row];
}

// What is known of a thing, while the pointer or the focus is on it.
function tells(node, text) {
	const show = () => {
		tip.textContent = text();
		tip.hidden = false;
		const at = node.getBoundingClientRect();
		const right = document.documentElement.clientWidth - tip.offsetWidth - 8;
		const above = Math.max(4, at.top - tip.offsetHeight - 6);
		const fits = at.bottom + 6 + tip.offsetHeight < innerHeight;
		tip.style.left = Math.max(8, Math.min(at.left, right)) + scrollX + "px";
		tip.style.top = (fits ? at.bottom + 6 : above) + scrollY + "px";
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

function onEnter(node, act) {
	node.addEventListener("keydown", event => {
		if (event.key !== "Enter" && event.key !== " ")
			return;
		event.preventDefault();
		act();
	});
}

// One of @nodes takes the tab key; arrows go on from there, to the one that
// @step says of a key and a node's number.
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

// ------------------------------------------------------------------- cells

const PERCENT = 0, COST = 1, OFF = 2;	// of data.figures

const figureOf = () => Math.max(0, data.figures.findIndex(f => f.key === view.get("show")));
const tableName = t => [t.topology, t.bench, t.instrument].filter(Boolean).join(", ");

function unitOf(table, figure) {
	const title = data.figures[figure].title;
	return figure === PERCENT ? title : `${title}, ${table.unit} per ${table.per}`;
}

// A kernel's cell of that size, or undefined.
function cellAt(table, kernel, size) {
	const row = table.rows.find(r => r.kernel === kernel);
	return row && row.cells[table.sizes.indexOf(size)];
}

function about(table, kernel, size) {
	const k = data.kernels[kernel], cell = cellAt(table, kernel, size);
	return `${k.name}, ${tableName(table)}, ${size} B\n${cell.lines}\n\n${k.name}: ${k.lines}`;
}
